/**
 * ioredis through SRV records: `new Redis({ host: "dev-redis.dev-ecs", Connector: SrvConnector })`,
 * or `createRedis("redis+srv://dev-redis.dev-ecs")`. For ioredis 5 (from 5.2.5 on) and 6.
 *
 * @module srv-dialer/ioredis
 */
import type { Redis, RedisOptions } from "ioredis";
import { invalidArg, isRecord, withoutUndefined } from "./base/checks.ts";
import { Shared, keyOf } from "./base/shared.ts";
import { type SrvConnectorClass, srvConnector } from "./ioredis/connector.ts";
import type { SrvConnectorOptions } from "./ioredis/dialers.ts";
import { retryDefaults } from "./ioredis/retry.ts";
import { DiscreetRedis } from "./ioredis/secrets.ts";
import { parseRedisUrl } from "./redis/url.ts";

export { srvConnector };
export type { SrvConnectorClass, SrvConnectorOptions };

/**
 * A `Connector` for ioredis with default options; use `srvConnector` to set options. `host` is the SRV
 * name. If a dial fails, the client emits an `error` event with an `SrvDialError`.
 *
 * @example
 * import { Redis } from "ioredis";
 * import { SrvConnector } from "srv-dialer/ioredis";
 *
 * const redis = new Redis({ host: "dev-redis.dev-ecs", Connector: SrvConnector });
 * redis.on("error", (error) => console.error(error.message));
 * console.log(await redis.ping());
 * redis.disconnect();
 */
export const SrvConnector: SrvConnectorClass = /* @__PURE__ */ srvConnector();

/**
 * Clears options that would override the host of `redis://host`. With an SRV name, `Connector` is replaced, and the
 * connector refuses the other two.
 */
const ELSEWHERE = { path: undefined, sentinels: undefined, Connector: undefined };

/**
 * Creates a client for a Redis URL, so that one variable is enough to switch environments:
 * `redis+srv://[user:password@]name[/db]` and `rediss+srv://` are dialed through SRV records,
 * `redis://` and `rediss://` directly. The URL overrides the options.
 *
 * TLS is used with `rediss`, and with the option `tls` for every scheme. No scheme turns it off.
 *
 * While Redis is away, a dial waits for it until its deadline (`connectTimeout`, 10 s), emits one error, and the next
 * dial begins. With the default deadline, a command that waits fails after 71 s at the latest, or after
 * `commandTimeout`.
 *
 * @param url may include user, password and database number
 * @param redisOptions options of ioredis
 * @param dialerOptions used by the two SRV schemes, checked for every scheme; clients with equal options share a cache:
 * lists, `cache` and `tls` are compared by their entries, functions and other objects, such as a resolver, by identity
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG; it never contains the password. Errors of a dial are
 * `error` events of the client
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
  redisOptions: RedisOptions = {},
  dialerOptions?: SrvConnectorOptions,
): Redis {
  const { srv, tls, ...fromUrl } = parseRedisUrl(url);
  // Made for every scheme, so that wrong options fail in every environment.
  const Connector = connectorFor(dialerOptions);
  // The value is not shown: it may hold a password.
  if (!isRecord(redisOptions)) {
    throw invalidArg("redisOptions", typeof redisOptions, "the options of ioredis, an object");
  }
  const options = {
    ...retryDefaults(redisOptions, srv ? (dialerOptions ?? {}) : { wait: false }),
    ...withoutUndefined(redisOptions),
    ...fromUrl,
    ...(tls ? { tls: isRecord(redisOptions.tls) ? redisOptions.tls : {} } : {}),
    ...(srv ? { Connector } : ELSEWHERE),
  };
  return new DiscreetRedis(options as RedisOptions);
}

/** By their options. */
const connectors = /* @__PURE__ */ new Shared<SrvConnectorClass>();

function connectorFor(options: SrvConnectorOptions | undefined): SrvConnectorClass {
  if (options === undefined) return SrvConnector;
  const create = (): SrvConnectorClass => srvConnector(options);
  return isRecord(options) ? connectors.of(keyOf(options), create) : create();
}
