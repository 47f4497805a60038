/**
 * ioredis through SRV records: `new Redis({ host: "dev-redis.dev-ecs", Connector: SrvConnector })`,
 * or `createRedis("redis+srv://dev-redis.dev-ecs")`. For ioredis 5, from 5.2.5 on, and 6.
 *
 * @module srv-dialer/ioredis
 */
import { Redis, type RedisOptions } from "ioredis";
import { invalidArg, isRecord, withoutUndefined } from "./base/checks.ts";
import { type SrvConnectorClass, srvConnector } from "./ioredis/connector.ts";
import type { SrvConnectorOptions } from "./ioredis/dialers.ts";
import { MAX_LOADING_RETRY_TIME, MAX_RETRIES_PER_REQUEST, retryAtPace } from "./ioredis/retry.ts";
import { hideSecrets } from "./ioredis/secrets.ts";
import { parseRedisUrl } from "./redis/url.ts";

export { srvConnector };
export type { SrvConnectorClass, SrvConnectorOptions };

/**
 * A `Connector` for ioredis with every default; `srvConnector` makes one with options. `host` is the SRV
 * name. A dial that fails is an `error` event of the client, with an `SrvDialError`.
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

/** One pace for all clients. */
const retryStrategy = /* @__PURE__ */ retryAtPace();

/** Options that lead elsewhere than `redis://host` says; beside an SRV name the connector refuses them. */
const ELSEWHERE = { path: undefined, sentinels: undefined, Connector: undefined };

/**
 * A client for a Redis URL, so that one variable switches environments:
 * `redis+srv://[user:password@]name[/db]` and `rediss+srv://` are dialed through SRV records,
 * `redis://` and `rediss://` directly. What the URL says wins over the options.
 *
 * TLS is on with `rediss`, and with the option `tls` whatever the scheme: none turns it off.
 *
 * Sets, unless given, a `retryStrategy` that is quick for the first seconds and at most 1 s apart
 * later, the `maxRetriesPerRequest` that goes with it, and a `maxLoadingRetryTime` of 1 s.
 *
 * @param url with the user, the password and the number of the database where there are any
 * @param redisOptions options of ioredis
 * @param dialerOptions options of the two SRV schemes; clients that give the same object share a cache
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG; the password is never in it. Errors of a dial are `error`
 * events of the client
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
  const { srv, tls, ...told } = parseRedisUrl(url);
  // Not shown: they may hold a password.
  if (!isRecord(redisOptions)) {
    throw invalidArg("redisOptions", typeof redisOptions, "the options of ioredis, an object");
  }
  const options = {
    retryStrategy,
    maxRetriesPerRequest: MAX_RETRIES_PER_REQUEST,
    maxLoadingRetryTime: MAX_LOADING_RETRY_TIME,
    ...withoutUndefined(redisOptions),
    ...told,
    ...(tls ? { tls: isRecord(redisOptions.tls) ? redisOptions.tls : {} } : {}),
    ...(srv ? { Connector: connectorFor(dialerOptions) } : ELSEWHERE),
  };
  // ioredis 6 types the client by its replyMapping; here it is typed as by default.
  return hideSecrets(new Redis(options as RedisOptions & { replyMapping?: "legacy" }));
}

const connectors = new WeakMap<SrvConnectorOptions, SrvConnectorClass>();

function connectorFor(options: SrvConnectorOptions | undefined): SrvConnectorClass {
  if (options === undefined) return SrvConnector;
  const known = connectors.get(options);
  if (known !== undefined) return known;
  const connector = srvConnector(options);
  connectors.set(options, connector);
  return connector;
}
