import {
  checkInteger,
  checkMilliseconds,
  invalidArg,
  isRecord,
  refuseUnknown,
} from "../base/checks.ts";
import { systemClock } from "../base/clock.ts";
import type {
  HostAddresses,
  LookupContext,
  ResolveContext,
  SrvAnswer,
  SrvResolver,
} from "../base/types.ts";
import { Exchange } from "./exchange.ts";
import { createResolver } from "./resolver.ts";
import { fixedServers, systemServers } from "./servers.ts";

/** Finds the SRV records of a name, and the addresses of a host. */
export interface DnsResolver extends SrvResolver {
  /**
   * Finds the SRV records. For a name without any, the answer has no targets.
   * @throws {SrvDialError} ERR_SRV_RESOLVE when no server answers; the signal's reason when it is aborted
   */
  resolve(name: string, context?: Partial<ResolveContext>): Promise<SrvAnswer>;
  /**
   * Finds the addresses of a host. The list is empty if the host has none.
   * @param context.family the IP version; both by default
   * @throws {AggregateError} with one error per server when none answers; the signal's reason when it is aborted
   */
  lookup(host: string, context?: Partial<LookupContext>): Promise<HostAddresses>;
}

/** Options of `dnsResolver`. */
export interface DnsResolverOptions {
  /**
   * `"ip"`, `"ip:port"` or `"[ipv6]:port"`; an IPv6 address includes its zone if it needs one.
   * @default the system's servers; changes are noticed
   */
  servers?: readonly string[];
  /** How long in ms a server may take to reply before the next one is asked; at least 1. @default 1000 */
  timeout?: number;
  /** How many times a silent server is asked, 1 to 100. In total at most `tries * servers * timeout`. @default 3 */
  tries?: number;
}

/** Shared, so that what one resolver learns about the system's servers helps all of them. */
const sharedServers = systemServers();

/**
 * The default resolver of a dialer. It asks DNS servers itself, over UDP, and over TCP after truncation.
 * Node's resolver gives no TTL, has long timeouts, and refuses compressed SRV targets from c-ares 1.34.7
 * on.
 *
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option, what it got and what is allowed
 * @see https://www.rfc-editor.org/rfc/rfc1035
 * @example
 * import { dnsResolver } from "srv-dialer";
 *
 * const resolver = dnsResolver({ timeout: 500, tries: 2 });
 * const { targets, ttl } = await resolver.resolve("dev-redis.dev-ecs");
 * console.log(targets.length, ttl);
 */
export function dnsResolver(options: DnsResolverOptions = {}): DnsResolver {
  return createResolver({
    ...parseDnsOptions(options),
    clock: systemClock,
    ask: (question, server, how) => new Exchange(question, server, how),
  });
}

function parseDnsOptions(options: DnsResolverOptions) {
  if (!isRecord(options)) throw invalidArg("options", options, "an object");
  refuseUnknown("", options, [
    "servers",
    "timeout",
    "tries",
  ] satisfies (keyof DnsResolverOptions)[]);
  const { servers } = options;
  if (servers !== undefined && !(Array.isArray(servers) && servers.length > 0)) {
    throw invalidArg("servers", servers, 'a list of "ip", "ip:port" or "[ipv6]:port"');
  }
  return {
    servers: servers === undefined ? sharedServers : fixedServers(servers),
    timeout: checkMilliseconds("timeout", options.timeout, 1_000, 1),
    tries: checkInteger("tries", options.tries, 3, 1, 100),
  };
}
