import { Redis } from "ioredis";
import { dnsResolver } from "srv-dialer";
import { createRedis, srvConnector } from "srv-dialer/ioredis";
import { serve, sharedNow } from "./serve.ts";

/** `createRedis`, or ioredis with its own retry delays and dials of one pass. */
export type ClientKind = "createRedis" | "ioredis's own retryStrategy";

export interface Clients {
  readonly kind: ClientKind;
  /** `ip:port` of the DNS servers. */
  readonly servers: readonly string[];
  /** SRV names, one for each client. */
  readonly names: readonly string[];
}

const clients = new Map<string, Redis>();
let create: (name: string) => Redis;

function connect(name: string): Redis {
  clients.get(name)?.disconnect();
  const client = create(name);
  // Without a listener, an error would end the process while Redis is down.
  client.on("error", () => {});
  clients.set(name, client);
  return client;
}

serve({
  start: async ({ kind, servers, names }: Clients) => {
    const resolver = dnsResolver({ servers });
    const Connector = srvConnector({ resolver, wait: false });
    create = (name) =>
      kind === "createRedis"
        ? createRedis(`redis+srv://${name}`, {}, { resolver })
        : new Redis({ host: name, Connector });
    await Promise.all(names.map((name) => connect(name).ping()));
  },
  /** Sends a command. @returns the time of its reply */
  command: async (name: string) => {
    await clients.get(name)?.get("any");
    return sharedNow();
  },
  /** The same with a new client, as after a restart of the app. */
  firstCommand: async (name: string) => {
    await connect(name).get("any");
    return sharedNow();
  },
});
