import { Redis } from "ioredis";
import { dnsResolver } from "srv-dialer";
import { createRedis, srvConnector } from "srv-dialer/ioredis";
import { serve, sharedNow } from "./serve.ts";

/** `createRedis` as it is, or ioredis with its own pace of retries through the same connector. */
export type ClientKind = "createRedis" | "ioredis's own retryStrategy";

export interface Clients {
  readonly kind: ClientKind;
  /** `ip:port` of the DNS servers. */
  readonly servers: readonly string[];
  /** SRV names; each gets a client. */
  readonly names: readonly string[];
}

const clients = new Map<string, Redis>();

serve({
  start: async ({ kind, servers, names }: Clients) => {
    const resolver = dnsResolver({ servers });
    const dialerOptions = { resolver };
    const Connector = srvConnector(dialerOptions);
    for (const name of names) {
      const client =
        kind === "createRedis"
          ? createRedis(`redis+srv://${name}`, {}, dialerOptions)
          : new Redis({ host: name, Connector });
      // That Redis is away is what is measured, no reason to end.
      client.on("error", () => {});
      clients.set(name, client);
    }
    await Promise.all([...clients.values()].map((client) => client.ping()));
  },
  /** Sends one command, and returns when it was served. */
  command: async (name: string) => {
    await clients.get(name)?.get("any");
    return sharedNow();
  },
});
