import type { Destination } from "./contestants.ts";
import { startWorker } from "./worker.ts";

/** The SRV name that the contestants connect to. */
export const NAME = "bench.test";

export type Network = Awaited<ReturnType<typeof startNetwork>>;

/** A DNS server and a TCP server, each in a process of its own. NAME leads to the TCP server. */
export async function startNetwork(signal: AbortSignal) {
  const dns = startWorker("dns-server.ts", signal);
  const tcp = startWorker("tcp-server.ts", signal);
  const servers = [`127.0.0.1:${await dns.call("listen")}`];
  const port = await tcp.call("listen", 0);
  await dns.call("change", { srv: { [NAME]: { target: "target.bench.test", port, ttl: 60 } } });
  const dispose = async (): Promise<void> => {
    await Promise.all([dns, tcp].map((worker) => worker[Symbol.asyncDispose]()));
  };
  const destination: Destination = { servers, name: NAME, port };
  return { destination, dns, [Symbol.asyncDispose]: dispose };
}
