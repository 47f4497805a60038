import { Redis } from "ioredis";
import { dnsResolver } from "srv-dialer";
import { createRedis, srvConnector } from "srv-dialer/ioredis";
import { serve, sharedNow } from "./serve.ts";

/** `createRedis`, or ioredis with its own retry delays and the same connector. */
export type ClientKind = "createRedis" | "ioredis's own retryStrategy";

export interface Clients {
  readonly kind: ClientKind;
  /** `ip:port` of the DNS servers. */
  readonly servers: readonly string[];
  /** SRV names, one for each client. */
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
      // Without a listener, an error would end the process while Redis is down.
      client.on("error", () => {});
      clients.set(name, client);
    }
    await Promise.all([...clients.values()].map((client) => client.ping()));
  },
  /** Sends a command. @returns the time of its reply */
  command: async (name: string) => {
    await clients.get(name)?.get("any");
    return sharedNow();
  },
});
