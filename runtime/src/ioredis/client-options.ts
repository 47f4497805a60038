import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { checkMilliseconds, invalidArg, isRecord, withoutUndefined } from "../base/checks.ts";
import { isLocalhost, nameProblem } from "../base/name.ts";
import type { Family } from "../base/types.ts";

/** The options of the client that a connector uses. */
export interface ClientOptions {
  readonly host?: unknown;
  readonly path?: unknown;
  readonly sentinels?: unknown;
  readonly connectTimeout?: unknown;
  readonly retryStrategy?: unknown;
  readonly disconnectTimeout?: number;
  readonly family?: Family | 0 | null;
  /** Of iovalkey. */
  readonly familyFallback?: { readonly _initialFamily?: Family | 0 };
  readonly tls?: unknown;
}

/** The default of ioredis in ms. */
const CONNECT_TIMEOUT = 10_000;

/** @throws {SrvDialError} ERR_SRV_INVALID_ARG, which says what to use instead */
export function srvNameOf({ host, path, sentinels }: ClientOptions): string {
  // What ioredis makes of `redis+srv://…`. The path, which may hold a password, is not shown.
  if (host === "redis+srv" || host === "rediss+srv") {
    throw invalidArg("url", `${host}://…`, "other schemes; for this one use createRedis(url)");
  }
  if (path) {
    throw invalidArg("path", path, "none with SrvConnector: leave Connector out for a Unix socket");
  }
  if (Array.isArray(sentinels) && sentinels.length > 0) {
    throw invalidArg("sentinels", "a list", "none with SrvConnector: leave Connector out");
  }
  const plain = "an SRV name such as dev-redis.dev-ecs; leave Connector out for a plain address";
  if (typeof host !== "string" || isIP(host) !== 0 || isLocalhost(host)) {
    throw invalidArg("host", host, plain);
  }
  const isUrl = host.includes("://");
  const problem = isUrl ? "an SRV name; for a URL use createRedis(url)" : nameProblem(host);
  if (problem !== undefined) throw invalidArg("host", host, problem);
  return host;
}

/** After a lost connection, iovalkey sets `family` to the other version in turn; a dial tries both by itself. */
export function familyOf({ family, familyFallback }: ClientOptions): ClientOptions["family"] {
  // eslint-disable-next-line no-underscore-dangle -- iovalkey's own name; its types have it too
  return familyFallback?._initialFamily ?? family;
}

/** The deadline of a dial in ms: the smaller of both. With the `connectTimeout` 0 or null, the client sets none. */
export function deadlineOf(
  { connectTimeout = CONNECT_TIMEOUT }: { connectTimeout?: unknown },
  { timeout }: { timeout?: number },
): number {
  const ofClient = checkMilliseconds("connectTimeout", connectTimeout ?? undefined, 0, 0);
  if (ofClient === 0) return timeout ?? CONNECT_TIMEOUT;
  return Math.min(ofClient, timeout ?? ofClient);
}

/**
 * The client's TLS options before the dialer's; undefined: the dialer's own. Every truthy value means TLS, as in
 * ioredis, which sets `true` for `rediss://`: a wrong option never sends a password unencrypted.
 */
export function tlsOf(
  { tls: ofClient }: ClientOptions,
  { tls: ofDialer }: { tls?: boolean | ConnectionOptions },
): ConnectionOptions | undefined {
  const own = isRecord(ofClient) ? withoutUndefined(ofClient) : {};
  return ofClient ? { ...(isRecord(ofDialer) ? ofDialer : {}), ...own } : undefined;
}
