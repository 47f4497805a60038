import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { checkMilliseconds, invalidArg, isRecord, withoutUndefined } from "../base/checks.ts";
import { isLocalhost, nameProblem } from "../base/name.ts";
import type { Family } from "../base/types.ts";

/** The options of ioredis that a connector uses. */
export interface ClientOptions {
  readonly host?: unknown;
  readonly path?: unknown;
  readonly sentinels?: unknown;
  readonly connectTimeout?: unknown;
  readonly disconnectTimeout?: number;
  readonly family?: Family | null;
  readonly tls?: unknown;
}

/** @throws {SrvDialError} ERR_SRV_INVALID_ARG, which says what to use instead */
export function srvNameOf({ host, path, sentinels }: ClientOptions): string {
  if (path !== undefined && path !== null && path !== "") {
    // What ioredis makes of `redis+srv://…`; the path may hold a password.
    if (host === "redis+srv" || host === "rediss+srv") {
      throw invalidArg("url", `${host}://…`, "other schemes; for this one use createRedis(url)");
    }
    throw invalidArg("path", path, "none with SrvConnector: leave Connector out for a Unix socket");
  }
  if (Array.isArray(sentinels) && sentinels.length > 0) {
    throw invalidArg("sentinels", "a list", "none with SrvConnector: leave Connector out");
  }
  const isPlain = typeof host === "string" && (isIP(host) !== 0 || isLocalhost(host));
  if (host === undefined || host === null || isPlain) {
    throw invalidArg(
      "host",
      host,
      "an SRV name such as dev-redis.dev-ecs; leave Connector out for a plain address",
    );
  }
  if (typeof host === "string" && host.includes("://")) {
    throw invalidArg("host", host, "an SRV name; for a URL use createRedis(url)");
  }
  const problem = nameProblem(host);
  if (problem !== undefined) throw invalidArg("host", host, problem);
  return host as string;
}

/**
 * The deadline of a dial in ms: the smaller of the client's `connectTimeout` and the dialer's
 * `timeout`, if given. ioredis sets `connectTimeout` to 10 000 by default; 0 means no limit.
 *
 * @returns undefined: the dialer's own
 */
export function deadlineOf(
  { connectTimeout }: ClientOptions,
  { timeout = Infinity }: { timeout?: number },
): number | undefined {
  const ofClient = checkMilliseconds("connectTimeout", connectTimeout ?? undefined, 0, 0);
  return ofClient === 0 ? undefined : Math.min(ofClient, timeout);
}

/**
 * For `rediss://`, ioredis sets `tls: true`, which its types do not include. Every truthy value means
 * TLS, as in ioredis, so that a wrong option never sends a password unencrypted. TLS options that the
 * client does not set come from the dialer.
 *
 * @returns undefined: the dialer's own
 */
export function tlsOf(
  { tls: ofClient }: ClientOptions,
  { tls: ofDialer }: { tls?: boolean | ConnectionOptions },
): ConnectionOptions | undefined {
  if (!ofClient) return undefined;
  return {
    ...(isRecord(ofDialer) ? ofDialer : {}),
    ...(isRecord(ofClient) ? withoutUndefined(ofClient) : {}),
  };
}
