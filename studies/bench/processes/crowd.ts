import { once } from "node:events";
import type { Socket } from "node:net";
import { createSrvDialer, dnsResolver } from "srv-dialer";
import type { SrvDialer } from "srv-dialer";
import { serve, sharedNow } from "./serve.ts";

export interface Crowd {
  readonly name: string;
  /** `ip:port` of the DNS servers. */
  readonly servers: readonly string[];
  readonly calls: number;
}

/** Much longer than any call waits, in ms. */
const TIMEOUT = 30_000;

let dialer: SrvDialer;
let calls = 0;

serve({
  start: ({ name, servers, calls: count }: Crowd): void => {
    calls = count;
    const resolver = dnsResolver({ servers });
    dialer = createSrvDialer(name, { resolver, wait: true, timeout: TIMEOUT });
  },
  /** Begins all calls, and ends when the last one was served. @returns the time of the first reply of Redis */
  firstReply: async (): Promise<number> => {
    const connects = Array.from({ length: calls }, () => dialer.connect());
    const first = Promise.any(connects).then(reply);
    const sockets = await Promise.all(connects);
    const at = await first;
    for (const socket of sockets) socket.destroy();
    return at;
  },
});

async function reply(socket: Socket): Promise<number> {
  socket.write("PING\r\n");
  await once(socket, "data");
  return sharedNow();
}
