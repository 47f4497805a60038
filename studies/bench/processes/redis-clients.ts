import { once } from "node:events";
import type { Redis } from "ioredis";
import { type SrvDialer, type SrvResolver, createSrvDialer, dnsResolver } from "srv-dialer";
import { createRedis } from "srv-dialer/ioredis";
import { sharedNow } from "../worker.ts";

let resolver: SrvResolver;
let dialer: SrvDialer | undefined;
/** By SRV name. */
const clients = new Map<string, Redis>();

/** @param servers `ip:port` of the DNS servers */
export function use(servers: readonly string[]): void {
  resolver = dnsResolver({ servers });
}

/** Sends a command with a new client, as after a restart of the app. @returns the time of its reply */
export function firstCommand(name: string): Promise<number> {
  clients.get(name)?.disconnect();
  const client = createRedis(`redis+srv://${name}`, {}, { resolver });
  // Without a listener, an error would end the process while Redis is down.
  client.on("error", () => {});
  clients.set(name, client);
  return command(name);
}

/** The same with the client of the command before. */
export async function command(name: string): Promise<number> {
  await clients.get(name)?.get("any");
  return sharedNow();
}

/** Begins calls of one dialer, and ends when all are served. @returns the time of the first reply of Redis */
export async function crowd(name: string, calls: number): Promise<number> {
  const from = (dialer ??= createSrvDialer(name, { resolver, wait: true, timeout: 30_000 }));
  const connects = Array.from({ length: calls }, () => from.connect());
  const first = Promise.any(connects).then(async (socket) => {
    socket.write("PING\r\n");
    await once(socket, "data");
    return sharedNow();
  });
  const sockets = await Promise.all(connects);
  const at = await first;
  for (const socket of sockets) socket.destroy();
  return at;
}
