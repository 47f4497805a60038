// Clients of ioredis that find Redis through the DNS server of a test.
import { Redis, type RedisOptions } from "ioredis";
import { vi } from "vitest";

import type { SrvDialError } from "../../../runtime/src/base/errors.ts";
import { type DnsResolver, dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import {
  type SrvConnectorOptions,
  createRedis,
  srvConnector,
} from "../../../runtime/src/ioredis.ts";
import { NAME } from "./dialing.ts";

/** Timeout, in ms. */
const PATIENCE = 15_000;

/** A short `connectTimeout` in ms for tests that wait for errors: there is one when it ends. */
export const DEADLINE = 300;

export interface Client extends Disposable {
  readonly redis: Redis;
  /** Errors of its `error` events. */
  readonly errors: Error[];
}

export function resolverTo(dns: { address: string }): DnsResolver {
  return dnsResolver({ servers: [dns.address] });
}

/** A connector with one DNS server. */
export function connectorTo(dns: { address: string }, options: SrvConnectorOptions = {}) {
  return srvConnector({ resolver: resolverTo(dns), ...options });
}

/** A client of `createRedis` with one DNS server. */
export function createClient(
  dns: { address: string },
  options: RedisOptions = {},
  dialerOptions: SrvConnectorOptions = {},
): Client {
  const dialer = { resolver: resolverTo(dns), ...dialerOptions };
  return clientOf(createRedis(`redis+srv://${NAME}`, options, dialer));
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

/** Waits for an error with this code. At an earlier deadline, the dial may have been busy: ERR_SRV_TIMEOUT. */
export async function errorWith(code: string, { errors }: Client): Promise<SrvDialError> {
  const find = (): unknown => errors.find((error) => "code" in error && error.code === code);
  await until(() => find() !== undefined);
  return find() as SrvDialError;
}

export function until(holds: () => boolean): Promise<unknown> {
  return vi.waitUntil(holds, { timeout: PATIENCE, interval: 5 });
}
