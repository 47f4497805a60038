import { connect, isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import {
  checkBoolean,
  checkMilliseconds,
  checkOptions,
  invalidArg,
  isRecord,
  refuseUnknown,
  withoutUndefined,
} from "../base/checks.ts";
import { systemClock } from "../base/clock.ts";
import { isServername, nameProblem, serviceName, withoutTrailingDot } from "../base/name.ts";
import type { CacheOptions, SrvDialerOptions, SrvResolver, SrvVerify } from "../base/types.ts";
import { dnsResolver } from "../dns/resolver.ts";
import type { SocketOptions, Verify } from "../dial/connection.ts";
import type { DialSettings } from "../dial/dial.ts";

/** Validated options, with all defaults filled in. */
export interface Settings extends DialSettings {
  readonly resolvers: readonly SrvResolver[];
  readonly wait: boolean;
  readonly tls: ConnectionOptions | undefined;
  /** ms; undefined: never. */
  readonly recheck: number | undefined;
  /** ms */
  readonly cooldown: number;
}

const CACHE_DEFAULTS: Required<CacheOptions> = {
  minTtl: 1_000,
  maxTtl: 60_000,
  negativeTtl: 100,
  minRefresh: 100,
  maxStale: 300_000,
};

/** `cache: false`: answers are not reused. */
const NO_CACHE = { minTtl: 0, maxTtl: 0, negativeTtl: 0, minRefresh: 0, maxStale: 0 };

/** The options of every client. Clients with additional ones pass those to {@link refuseUnknown} too. */
export const DIALER_OPTIONS = [
  "resolver",
  "timeout",
  "wait",
  "verify",
  "recheck",
  "attemptDelay",
  "priorityDelay",
  "family",
  "cache",
  "tls",
  "noDelay",
  "keepAlive",
  "keepAliveInitialDelay",
  "localAddress",
  "servername",
  "cooldown",
  "random",
] satisfies (keyof SrvDialerOptions)[];

/** @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option, what it got and what is allowed */
export function parseOptions(name: string, options: SrvDialerOptions = {}): Settings {
  const problem = nameProblem(name);
  if (problem !== undefined) throw invalidArg("name", name, problem);
  checkOptions(options, DIALER_OPTIONS);
  return {
    name,
    resolvers: resolversOf(options.resolver),
    timeout: checkMilliseconds("timeout", options.timeout, 10_000, 1),
    wait: checkBoolean("wait", options.wait) ?? false,
    verify: verifyOf(options.verify),
    recheck: recheckOf(options.recheck),
    // RFC 8305, section 5: at least 10 ms, so that a race does not become a burst.
    attemptDelay: checkMilliseconds("attemptDelay", options.attemptDelay, 250, 10),
    priorityDelay: checkMilliseconds("priorityDelay", options.priorityDelay, 2_000, 10),
    family: familyOf(options.family, options.localAddress),
    cache: cacheOf(options.cache),
    prefetch: true,
    connect,
    socket: socketOptionsOf(options),
    tls: tlsOf(options.tls),
    servername: servernameOf(options.servername, name),
    clock: systemClock,
    cooldown: checkMilliseconds("cooldown", options.cooldown, 5_000, 0),
    random: randomOf(options.random),
  };
}

function resolversOf(value: unknown): readonly SrvResolver[] {
  if (value === undefined) return [dnsResolver()];
  const list: unknown[] = Array.isArray(value) ? value : [value];
  if (list.length > 0 && list.every(isResolver)) return list;
  throw invalidArg("resolver", value, "a resolver with a resolve method, or a list of them");
}

function isResolver(value: unknown): value is SrvResolver {
  return isRecord(value) && typeof value["resolve"] === "function";
}

function verifyOf(value: unknown): Verify | undefined {
  if (value === undefined) return undefined;
  if (typeof value === "function") return ofUser(value as SrvVerify);
  throw invalidArg("verify", value, "a function that checks a socket");
}

/** A check of the user's gets a signal, and no lifetime that it could end. */
export function ofUser(verify: SrvVerify): Verify {
  return async (socket, lifetime) => verify(socket, { signal: lifetime.signal });
}

function recheckOf(value: unknown): number | undefined {
  if (value === false) return undefined;
  return checkMilliseconds("recheck", value, undefined, 10, ", or false");
}

/** A local address sets the IP version, as it can dial no other. */
function familyOf(value: unknown, localAddress: unknown): Settings["family"] {
  const ofLocal = localAddress === undefined ? undefined : addressFamily(localAddress);
  if (value === undefined || value === 0 || value === "both") return ofLocal ?? "both";
  if (value !== 4 && value !== 6) throw invalidArg("family", value, '4, 6 or "both" (0)');
  if (ofLocal === undefined || ofLocal === value) return value;
  throw invalidArg("localAddress", localAddress, `an address of the family ${value}`);
}

function addressFamily(value: unknown): 4 | 6 {
  const family = typeof value === "string" ? isIP(value) : 0;
  if (family === 4 || family === 6) return family;
  throw invalidArg("localAddress", value, "an IP address of this machine");
}

/** Only the given options, so that Node's defaults apply. */
function socketOptionsOf(options: SrvDialerOptions): SocketOptions {
  const { noDelay, keepAlive, keepAliveInitialDelay: delay, localAddress } = options;
  return withoutUndefined({
    noDelay: checkBoolean("noDelay", noDelay),
    keepAlive: checkBoolean("keepAlive", keepAlive),
    keepAliveInitialDelay: checkMilliseconds("keepAliveInitialDelay", delay, undefined, 0),
    localAddress,
  });
}

function cacheOf(value: unknown): Settings["cache"] {
  if (value === undefined) return CACHE_DEFAULTS;
  if (value === false) return NO_CACHE;
  if (!isRecord(value)) throw invalidArg("cache", value, "false or an object");
  const keys = Object.keys(CACHE_DEFAULTS) as (keyof CacheOptions)[];
  refuseUnknown("cache.", value, keys);
  const cache = { ...CACHE_DEFAULTS };
  for (const key of keys) {
    cache[key] = checkMilliseconds(`cache.${key}`, value[key], CACHE_DEFAULTS[key], 0);
  }
  // If only one bound is given, the other's default adapts to it; if both are given, they must be consistent.
  if (value["maxTtl"] === undefined) cache.maxTtl = Math.max(cache.maxTtl, cache.minTtl);
  if (value["minTtl"] === undefined) cache.minTtl = Math.min(cache.maxTtl, cache.minTtl);
  if (cache.minTtl > cache.maxTtl) {
    throw invalidArg("cache.minTtl", cache.minTtl, `at most cache.maxTtl (${cache.maxTtl})`);
  }
  return cache;
}

function tlsOf(value: unknown): ConnectionOptions | undefined {
  if (value === undefined || value === false) return undefined;
  if (value === true) return {};
  if (isRecord(value)) return value;
  // The value is not shown: TLS options hold keys and passphrases.
  throw invalidArg("tls", typeof value, "a boolean or the options of tls.connect");
}

function servernameOf(value: unknown, name: string): string | undefined {
  if (value === undefined || value === "service") return serviceName(name);
  if (value === "target") return undefined;
  // SNI has no trailing dot (RFC 6066, section 3).
  if (isServername(value)) return withoutTrailingDot(value);
  throw invalidArg("servername", value, '"service", "target", a host name or an IP address');
}

function randomOf(value: unknown): () => number {
  if (value === undefined) return Math.random;
  const allowed = "a function that gives numbers in [0, 1)";
  if (typeof value !== "function") throw invalidArg("random", value, allowed);
  return () => {
    let number: unknown;
    try {
      number = (value as () => unknown)();
    } catch (error) {
      number = error;
    }
    if (typeof number === "number" && number >= 0 && number < 1) return number;
    throw invalidArg("random()", number, allowed);
  };
}
