// Clients of ioredis that find their Redis through a test's own DNS server.
import { Redis, type RedisOptions } from "ioredis";
import { vi } from "vitest";

import { dnsResolver } from "../../../runtime/src/dns/dns-resolver.ts";
import { type SrvConnectorOptions, srvConnector } from "../../../runtime/src/ioredis.ts";
import { NAME } from "./dialing.ts";

/** Far longer than anything takes on loopback. */
const PATIENCE = 15_000;

export interface Client extends Disposable {
  readonly redis: Redis;
  /** The errors of its `error` events so far. */
  readonly errors: Error[];
}

/** A connector that asks only one DNS server. */
export function connectorTo(dns: { address: string }, options: SrvConnectorOptions = {}) {
  return srvConnector({ resolver: dnsResolver({ servers: [dns.address] }), ...options });
}

/** A client that reconnects quickly and never fails a command; `using` ends it. */
export function startClient(
  dns: { address: string },
  options: RedisOptions = {},
  dialerOptions: SrvConnectorOptions = {},
): Client {
  const all: RedisOptions = {
    host: NAME,
    Connector: connectorTo(dns, dialerOptions),
    retryStrategy: () => 20,
    maxRetriesPerRequest: null,
    ...options,
  };
  // ioredis 6 types the client by its replyMapping; this is the type of the default.
  return clientOf(new Redis(all as RedisOptions & { replyMapping?: "legacy" }));
}

export function clientOf(redis: Redis): Client {
  const errors: Error[] = [];
  redis.on("error", (error: Error) => errors.push(error));
  return { redis, errors, [Symbol.dispose]: () => redis.disconnect() };
}

export function until(holds: () => boolean): Promise<unknown> {
  return vi.waitUntil(holds, { timeout: PATIENCE, interval: 5 });
}
