import { connect } from "node:net";
import type { ConnectionOptions } from "node:tls";
import {
  checkBoolean,
  checkMilliseconds,
  checkOptions,
  invalidArg,
  isRecord,
  refuseUnknown,
} from "../base/checks.ts";
import type { Settings } from "../base/settings.ts";
import { systemClock } from "../base/time.ts";
import { nameProblem, serviceName } from "../base/name.ts";
import type { CacheOptions, SrvDialerOptions, SrvResolver, SrvVerify } from "../base/types.ts";
import { dnsResolver } from "../dns/resolver.ts";

const CACHE_DEFAULTS: Required<CacheOptions> = {
  minTtl: 1_000,
  maxTtl: 60_000,
  negativeTtl: 100,
  maxStale: 300_000,
};

/** `cache: false`: answers are not reused. */
const NO_CACHE = { minTtl: 0, maxTtl: 0, negativeTtl: 0, maxStale: 0 };

/** The options of every client. Clients with additional ones pass those to {@link refuseUnknown} too. */
export const DIALER_OPTIONS = [
  "resolver",
  "timeout",
  "wait",
  "verify",
  "recheck",
  "attemptDelay",
  "family",
  "cache",
  "tls",
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
    family: familyOf(options.family),
    cache: cacheOf(options.cache),
    prefetch: options.cache !== false,
    tls: tlsOf(options.tls),
    servername: serviceName(name),
    connect,
    clock: systemClock,
    random: Math.random,
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

function verifyOf(value: unknown): SrvVerify | undefined {
  if (value === undefined || typeof value === "function") return value as SrvVerify | undefined;
  throw invalidArg("verify", value, "a function that checks a socket");
}

function recheckOf(value: unknown): number | undefined {
  if (value === false) return undefined;
  return checkMilliseconds("recheck", value, undefined, 10, ", or false");
}

function familyOf(value: unknown): Settings["family"] {
  if (value === undefined) return "both";
  if (value === 4 || value === 6 || value === "both") return value;
  throw invalidArg("family", value, '4, 6 or "both"');
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
