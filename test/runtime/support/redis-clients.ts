// Clients of ioredis that find Redis through the DNS server of a test.
import { Redis, type RedisOptions } from "ioredis";
import { vi } from "vitest";

import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { type SrvConnectorOptions, srvConnector } from "../../../runtime/src/ioredis.ts";
import { NAME } from "./dialing.ts";

/** Timeout, in ms. */
const PATIENCE = 15_000;

export interface Client extends Disposable {
  readonly redis: Redis;
  /** Errors of its `error` events. */
  readonly errors: Error[];
}

/** A connector with one DNS server. */
export function connectorTo(dns: { address: string }, options: SrvConnectorOptions = {}) {
  return srvConnector({ resolver: dnsResolver({ servers: [dns.address] }), ...options });
}

/** A client that reconnects quickly and retries commands forever. Disposing it disconnects it. */
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
  // In ioredis 6 the type depends on replyMapping; this is the default.
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
