import type { Zone } from "./processes/dns-server.ts";
import { Worker } from "./worker.ts";

/** A DNS server and a TCP server, each in a process of its own. */
export interface Network extends AsyncDisposable {
  /** `ip:port` */
  readonly dns: string;
  readonly tcpPort: number;
  readonly dnsServer: Worker;
}

/** @param zoneOf what the DNS server knows, given the port of the TCP server */
export async function startNetwork(
  signal: AbortSignal,
  zoneOf: (tcpPort: number) => Zone,
): Promise<Network> {
  const dnsServer = new Worker("dns-server.ts", signal);
  const tcpServer = new Worker("tcp-server.ts", signal);
  const dispose = async (): Promise<void> => {
    await Promise.all([dnsServer, tcpServer].map((server) => server[Symbol.asyncDispose]()));
  };
  try {
    const [dnsPort, tcpPort] = await Promise.all([
      dnsServer.call<number>("listen"),
      tcpServer.call<number>("listen"),
    ]);
    await dnsServer.call("setZone", zoneOf(tcpPort));
    return { dns: `127.0.0.1:${dnsPort}`, tcpPort, dnsServer, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}
