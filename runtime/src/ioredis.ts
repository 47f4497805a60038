/**
 * ioredis through SRV records: `new Redis({ host: "dev-redis.dev-ecs", Connector: SrvConnector })`,
 * or `createRedis("redis+srv://dev-redis.dev-ecs")`. For ioredis 5 (from 5.2.5 on) and 6.
 *
 * @module srv-dialer/ioredis
 */
import { type AbstractConnector, Redis, type RedisOptions } from "ioredis";
import {
  type ConnectorClass,
  type SrvConnectorOptions,
  connectorClass,
} from "./ioredis/connector.ts";
import { optionsFor } from "./ioredis/create.ts";
import { discreet } from "./ioredis/secrets.ts";

export type * from "./base/types.ts";
export type { ConnectorClass, SrvConnectorOptions };

/** The `Connector` option of ioredis. */
export type SrvConnectorClass = ConnectorClass<AbstractConnector>;

/**
 * Creates a `Connector` for ioredis, with which `host` is an SRV name. All clients of one class share a dialer, and so
 * a cache, for each of the last 1000 names. A dial waits for Redis until its deadline, and then gives
 * ioredis one error; `wait: false` makes one pass over the targets, and leaves the pace of further dials to ioredis.
 *
 * ioredis's own `maxRetriesPerRequest` of 20 lets a command wait up to five minutes. Set it to 6, or `commandTimeout`.
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option, what it got and what is allowed
 * @example
 * import { Redis } from "ioredis";
 * import { srvConnector } from "srv-dialer/ioredis";
 *
 * const Connector = srvConnector({ timeout: 2_000, family: 4 });
 * const redis = new Redis({ host: "dev-redis.dev-ecs", Connector });
 * redis.on("error", (error) => console.error(error.message));
 * console.log(await redis.ping());
 * redis.disconnect();
 */
export function srvConnector(options?: SrvConnectorOptions): SrvConnectorClass {
  return connectorClass(options);
}

/** A `Connector` for ioredis with default options. A failed dial is an `error` event with an `SrvDialError`. */
export const SrvConnector: SrvConnectorClass = /* @__PURE__ */ srvConnector();

const DiscreetRedis = /* @__PURE__ */ discreet(Redis);

/**
 * Creates a client for a Redis URL, so that one variable is enough to switch environments:
 * `redis+srv://[user:password@]name[/db]` and `rediss+srv://` are dialed through SRV records, `redis://` and
 * `rediss://` directly. The URL overrides the options. TLS is used with `rediss`, and for every scheme with `tls`.
 *
 * While Redis is away, a dial waits for it until its deadline (`connectTimeout`, 10 s), emits one error, and the next
 * dial begins. With that deadline, a command that waits fails after 71 s at the latest, or after `commandTimeout`.
 *
 * @param url may include user, password and database number
 * @param redisOptions options of ioredis
 * @param dialerOptions for SRV schemes, checked for all; clients with equal ones (a resolver: the same) share a cache
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG; it never contains the password. A failed dial is an `error` event
 * @example
 * import { createRedis } from "srv-dialer/ioredis";
 *
 * const redis = createRedis("redis+srv://dev-redis.dev-ecs", { commandTimeout: 1_500 });
 * redis.on("error", (error) => console.error(error.message));
 * console.log(await redis.ping());
 * redis.disconnect();
 */
export function createRedis(
  url: string,
  redisOptions?: RedisOptions,
  dialerOptions?: SrvConnectorOptions,
): Redis {
  return new DiscreetRedis(optionsFor(url, redisOptions, dialerOptions));
}
