import { checkInteger, checkMilliseconds, checkOptions, invalidArg } from "../base/checks.ts";
import { SrvDialError, toError } from "../base/errors.ts";
import { systemClock, withSignal } from "../base/time.ts";
import type { HostAddresses, LookupContext, ResolveContext } from "../base/types.ts";
import type { SrvAnswer, SrvResolver } from "../base/types.ts";
import { type Channels, Exchange } from "./exchange.ts";
import { Rcode, findRecords, negativeTtl, toTargets } from "./message.ts";
import { type QueryOptions, type ServerReply, query } from "./query.ts";
import { fixedServers, formatServer, systemServers } from "./servers.ts";

/** TTL in seconds if there are no addresses and no SOA record. A short one would mean many AAAA queries. */
const NO_ADDRESSES_TTL = 60;

/** Finds the SRV records of a name, and the addresses of a host. */
export interface DnsResolver extends SrvResolver {
  /**
   * Finds the SRV records. For a name without any, the answer has no targets.
   * @throws {SrvDialError} ERR_SRV_RESOLVE when no server answers; the signal's reason when it is aborted
   */
  resolve(name: string, context?: Partial<ResolveContext>): Promise<SrvAnswer>;
  /**
   * Finds the addresses of a host in one IP version, 4 or 6. The list is empty if the host has none.
   * @throws {AggregateError} with one error per server when none answers; the signal's reason when it is aborted
   */
  lookup(
    host: string,
    context: Pick<LookupContext, "family"> & Partial<ResolveContext>,
  ): Promise<HostAddresses>;
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
const sharedServers = /* @__PURE__ */ systemServers();

/**
 * The default resolver of a dialer. It asks DNS servers itself, over UDP, and over TCP after truncation: Node's gives no
 * TTL, has long timeouts, and refuses compressed SRV targets in some versions.
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
  return createResolver(settingsOf(options));
}

type Settings = Omit<QueryOptions, "channels" | "lifetime" | "unref">;

export function settingsOf(options: DnsResolverOptions): Settings {
  checkOptions(options, ["servers", "timeout", "tries"] satisfies (keyof DnsResolverOptions)[]);
  const { servers } = options;
  if (servers !== undefined && !(Array.isArray(servers) && servers.length > 0)) {
    throw invalidArg("servers", servers, 'a list of "ip", "ip:port" or "[ipv6]:port"');
  }
  return {
    servers: servers === undefined ? sharedServers : fixedServers(servers),
    timeout: checkMilliseconds("timeout", options.timeout, 1_000, 1),
    tries: checkInteger("tries", options.tries, 3, 1, 100),
    clock: systemClock,
    ask: (question, server, how) => new Exchange(question, server, how),
  };
}

export function createResolver(settings: Settings) {
  /** The channels of this turn's SRV answers, by target host: an immediate lookup continues with them. */
  const resolutions = new Map<string, Channels>();

  return {
    resolve: (name: string, context: Partial<ResolveContext> = {}) =>
      withSignal(context.signal, async (lifetime): Promise<SrvAnswer> => {
        const channels: Channels = new Map();
        const options = { ...settings, channels, lifetime, unref: context.unref ?? false };
        try {
          const reply = await query({ name, type: "SRV" }, options);
          const { records, ttl } = findRecords(reply, name, "SRV");
          if (records.length === 0) return absence(reply);
          const found = toTargets(reply, records);
          for (const { host } of found.targets) resolutions.set(host, channels);
          setImmediate(() => resolutions.clear());
          return { ...found, ttl: Math.min(ttl, found.ttl) };
        } catch (error) {
          if (lifetime.reason !== undefined) throw lifetime.reason;
          const message = `Cannot resolve SRV ${name}: ${toError(error).message}`;
          throw SrvDialError.of("ERR_SRV_RESOLVE", message, { hostname: name, cause: error });
        }
      }),

    lookup: (host: string, { family, signal, unref = false }: Partial<LookupContext> = {}) =>
      withSignal(signal, async (lifetime): Promise<HostAddresses> => {
        if (family !== 4 && family !== 6) throw invalidArg("family", family, "4 or 6");
        const channels: Channels = resolutions.get(host) ?? new Map();
        const options = { ...settings, channels, lifetime, unref };
        const type = family === 6 ? "AAAA" : "A";
        const reply = await query({ name: host, type }, options);
        const { records, ttl } = findRecords(reply, host, type);
        const addresses = records.map(({ data }) => data);
        return { addresses, ttl: records.length > 0 ? ttl : negativeTtl(reply, NO_ADDRESSES_TTL) };
      }),
  };
}

/** Says which server answered that there are no SRV records, and how (RFC 2308, section 2). */
function absence(reply: ServerReply): SrvAnswer {
  const isMissing = reply.rcode === Rcode.NXDOMAIN;
  const [did, exists] = isMissing
    ? ["answered NXDOMAIN", "there is no such name"]
    : ["gave an answer without them", "the name exists"];
  const alias = reply.answers.findLast(({ type }) => type === "CNAME");
  const after = alias === undefined ? "" : `, after an alias to ${alias.data as string}`;
  const reason = `the DNS server ${formatServer(reply.from)} ${did} (${exists})${after}`;
  return { targets: [], ttl: negativeTtl(reply, 0), reason };
}
