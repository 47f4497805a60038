import { invalidArg, isRecord, withoutUndefined } from "../base/checks.ts";
import { Shared, keyOf } from "../base/shared.ts";
import { type Clock, systemClock } from "../base/time.ts";
import { parseRedisUrl } from "../redis/url.ts";
import {
  type ClientOptions,
  type ConnectorClass,
  type SrvConnectorOptions,
  connectorClass,
  deadlineOf,
} from "./connector.ts";

/** How long in ms a command waits at least while Redis is away: a move with a slow file system takes half of it. */
const COMMAND_WAITS = 60_000;
/** Pause in ms before the next dial. Short, as a dial itself waits; above 100 ms, so that it can ask DNS again. */
const SHORTEST = 110;
/** Maximum pause in ms. It is reached after 100 failures: dials that wait take far longer, so these failed at once. */
const LONGEST = 1_000;
/** ms until ioredis asks a loading Redis again, by default 10 s: Redis estimates too long if loading gets faster. */
const maxLoadingRetryTime = 1_000;
/** `maxRetriesPerRequest` of clients whose commands wait for a time, whatever the number of dials: no one types it. */
const BY_TIME = Number.MAX_SAFE_INTEGER;

/** These would override the host of `redis://host`. With an SRV name, the connector refuses the first two. */
const NOT_FOR_PLAIN_URLS = { path: undefined, sentinels: undefined, Connector: undefined };

const connectors = /* @__PURE__ */ new Shared<ConnectorClass<object>>();

/** The options of a client for a Redis URL: see `createRedis` of the entries. */
export function optionsFor(
  url: string,
  given: Pick<ClientOptions, "connectTimeout" | "retryStrategy" | "tls"> = {},
  dialerOptions: SrvConnectorOptions = {},
): object {
  const { srv, tls, ...fromUrl } = parseRedisUrl(url);
  // Made for every scheme, so that wrong options fail in every environment.
  const create = (): ConnectorClass<object> => connectorClass(dialerOptions);
  const Connector = isRecord(dialerOptions)
    ? connectors.of(keyOf(dialerOptions), create)
    : create();
  // The value is not shown: it may hold a password.
  if (!isRecord(given)) {
    throw invalidArg("redisOptions", typeof given, "the options of the client, an object");
  }
  return {
    ...retryDefaults(given, srv ? dialerOptions : { wait: false }),
    ...withoutUndefined(given),
    ...fromUrl,
    ...(tls ? { tls: isRecord(given.tls) ? given.tls : {} } : {}),
    ...(srv ? { Connector } : NOT_FOR_PLAIN_URLS),
  };
}

/** The options of a client. */
interface Retrying {
  maxRetriesPerRequest?: number | null;
}

/** Options of ioredis for dials that wait. A command fails after a time: a dial may take ten seconds, or fail at once. */
export function retryDefaults(
  client: ClientOptions,
  dialer: SrvConnectorOptions,
  clock: Clock = systemClock,
) {
  const isPaced = client.retryStrategy !== undefined;
  // Refuses a wrong connectTimeout here, and not at the first dial.
  deadlineOf(client, dialer);
  // Dials that do not wait end at once. For them, and for a pace of the client's own, ioredis's own defaults are made.
  if (dialer.wait === false || isPaced) return { maxLoadingRetryTime };
  /** When each client lost Redis. Its duplicates have this function too. */
  const lostAt = new WeakMap<Retrying, number>();

  /** Called after each dial that failed. @param failures since Redis was ready */
  function retryStrategy(this: Retrying | void, failures: number): number {
    // A duplicate may have another value, such as null in BullMQ.
    if (this?.maxRetriesPerRequest === BY_TIME) {
      const now = clock.now();
      const since = failures === 1 ? now : (lostAt.get(this) ?? now);
      const isOver = now - since >= COMMAND_WAITS;
      lostAt.set(this, isOver ? now : since);
      // ioredis reads it next: waiting commands fail if the number of failures is a multiple of it plus 1.
      if (isOver) this.maxRetriesPerRequest = failures - 1;
      queueMicrotask(() => (this.maxRetriesPerRequest = BY_TIME));
    }
    return Math.min(Math.max(10 * failures, SHORTEST), LONGEST);
  }
  return { retryStrategy, maxRetriesPerRequest: BY_TIME, maxLoadingRetryTime };
}
