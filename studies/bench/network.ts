import type { Destination } from "./processes/contestants.ts";
import type { Zone } from "./processes/dns-server.ts";
import { type Worker, startWorker } from "./worker.ts";

/** The SRV name of the service that the contestants connect to. */
export const NAME = "bench.test";
/** The target of its only record, and its address. */
export const TARGET = "target.bench.test";
export const ADDRESS = "127.0.0.1";

/** A DNS server and a TCP server, each in a separate process. */
export interface Network extends AsyncDisposable {
  readonly destination: Destination;
  readonly dnsServer: Worker;
}

/**
 * @param zoneOf changes of the default zone, which has one record with one address; its argument is the port of the TCP
 * server
 */
export async function startNetwork(
  signal: AbortSignal,
  zoneOf: (tcpPort: number) => Partial<Zone> = () => ({}),
): Promise<Network> {
  const dnsServer = startWorker("dns-server.ts", signal);
  const tcpServer = startWorker("tcp-server.ts", signal);
  const dispose = async (): Promise<void> => {
    await Promise.all([dnsServer, tcpServer].map((server) => server[Symbol.asyncDispose]()));
  };
  try {
    const [dnsPort, port] = await Promise.all([
      dnsServer.call<number>("listen"),
      tcpServer.call<number>("listen"),
    ]);
    const zone: Zone = {
      additional: false,
      srv: { [NAME]: [{ target: TARGET, port, ttl: 60 }] },
      a: { [TARGET]: ADDRESS },
      ...zoneOf(port),
    };
    await dnsServer.call("setZone", zone);
    return {
      destination: destinationAt(`127.0.0.1:${dnsPort}`, port),
      dnsServer,
      [Symbol.asyncDispose]: dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** @param dns `ip:port` of a DNS server with the records of the service */
export function destinationAt(dns: string, port: number): Destination {
  return { servers: [dns], name: NAME, target: TARGET, address: ADDRESS, port };
}
