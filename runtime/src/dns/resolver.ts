import type { Clock } from "../base/clock.ts";
import { Context } from "../base/context.ts";
import { SrvDialError, toError } from "../base/errors.ts";
import { Lifetime } from "../base/lifetime.ts";
import { canonicalName } from "../base/name.ts";
import type {
  HostAddresses,
  LookupContext,
  ResolveContext,
  SrvAnswer,
  SrvTarget,
} from "../base/types.ts";
import { Channels } from "./channel.ts";
import { type QuestionType, Rcode } from "./message.ts";
import { fromPresentation } from "./presentation.ts";
import { type QueryOptions, type ServerReply, query } from "./query.ts";
import { MAX_ALIASES, endlessAliases, findRecords, negativeTtl, toTargets } from "./records.ts";
import { formatServer } from "./servers.ts";

/** Cancels the lookup of one IP version once the other is found. Created once, as a stack trace costs time. */
const ENOUGH = new Error("the other family was found");
/** How long one IP version waits for the other, in ms (RFC 8305, section 3). */
const RESOLUTION_DELAY = 50;
/**
 * TTL in seconds of the answer that a host has no addresses of an IP version, if the server gives none.
 * Otherwise a client would ask for AAAA every second, although the TTL of the A record is much longer.
 */
const NO_ADDRESSES_TTL = 60;

/** The resolver behind `dnsResolver`. */
export function createResolver(settings: Omit<QueryOptions, "channels" | "lifetime" | "unref">) {
  const resolutions = new Resolutions();

  return {
    resolve: (name: string, context: Partial<ResolveContext> = {}) =>
      Context.run(context, async (lifetime): Promise<SrvAnswer> => {
        const { unref = false } = context;
        const channels = new Channels();
        try {
          const asking = chase(name, "SRV", { ...settings, channels, lifetime, unref });
          const { reply, records, ttl } = await asking;
          if (records.length === 0) {
            return { targets: [], ttl: negativeTtl(reply, 0), reason: reasonOf(reply) };
          }
          const found = toTargets(reply, records);
          resolutions.keep(found.targets, channels);
          return { ...found, ttl: Math.min(ttl, found.ttl) };
        } catch (error) {
          if (lifetime.reason !== undefined) throw lifetime.reason;
          throw new SrvDialError(
            "ERR_SRV_RESOLVE",
            `Cannot resolve SRV ${name}: ${toError(error).message}`,
            { hostname: name, cause: error },
          );
        }
      }),

    lookup: (host: string, context: Partial<LookupContext> = {}) =>
      Context.run(context, (lifetime): Promise<HostAddresses> => {
        const { family, unref = false } = context;
        const channels = resolutions.channelsFor(host);
        const find = (type: "A" | "AAAA", until: Lifetime): Promise<HostAddresses> =>
          addressesIn(chase(host, type, { ...settings, channels, lifetime: until, unref }));
        if (family === 4) return find("A", lifetime);
        if (family === 6) return find("AAAA", lifetime);
        return bothFamilies(find, settings.clock, lifetime);
      }),
  };
}

/**
 * The channels of SRV answers that arrived in this turn of the event loop, by target host. A caller
 * that looks up the addresses immediately continues the same resolution.
 */
class Resolutions {
  readonly #channels = new Map<string, Channels>();

  keep(targets: readonly SrvTarget[], channels: Channels): void {
    for (const { host } of targets) this.#channels.set(host, channels);
    setImmediate(() => this.#channels.clear());
  }

  channelsFor(host: string): Channels {
    return this.#channels.get(host) ?? new Channels();
  }
}

/** Follows aliases whose target is not in the reply, as not every server does this itself. */
async function chase<K extends QuestionType>(name: string, type: K, options: QueryOptions) {
  let asked = fromPresentation(name);
  let ttl = Number.POSITIVE_INFINITY;
  for (let aliases = 0; aliases <= MAX_ALIASES; aliases++) {
    const reply = await query({ name: asked, type }, options);
    const found = findRecords(reply, asked, type);
    ttl = Math.min(ttl, found.ttl);
    const isAlias = found.records.length === 0 && found.owner !== canonicalName(asked);
    // A server that followed the alias itself and found nothing adds an SOA record.
    if (!isAlias || reply.authorities.some((record) => record.type === "SOA")) {
      return { reply, records: found.records, ttl };
    }
    asked = found.owner;
  }
  throw endlessAliases(name);
}

/** Says which server answered that there are no SRV records, and how (RFC 2308, section 2). */
function reasonOf({ from, rcode }: ServerReply): string {
  const answered =
    rcode === Rcode.NXDOMAIN
      ? "answered NXDOMAIN (there is no such name)"
      : "gave an answer without them (the name exists)";
  return `the DNS server ${formatServer(from)} ${answered}`;
}

async function addressesIn(answer: ReturnType<typeof chase<"A" | "AAAA">>): Promise<HostAddresses> {
  const { reply, records, ttl } = await answer;
  return records.length === 0
    ? { addresses: [], ttl: negativeTtl(reply, NO_ADDRESSES_TTL) }
    : { addresses: records.map(({ data }) => data), ttl };
}

/**
 * Looks up both IP versions in parallel. Once one has addresses, the other gets only the resolution
 * delay. If it is not done by then, the TTL is 0, so that the answer is cached for the minimum time.
 */
async function bothFamilies(
  find: (type: "A" | "AAAA", until: Lifetime) => Promise<HostAddresses>,
  clock: Clock,
  lifetime: Lifetime,
): Promise<HostAddresses> {
  const search = new Lifetime();
  search.endWith(lifetime);
  const lookups = (["AAAA", "A"] as const).map(async (type) => {
    const found = await find(type, search);
    if (found.addresses.length > 0) {
      search.endAfter(RESOLUTION_DELAY, clock, () => ENOUGH);
    }
    return found;
  });
  const outcomes = await Promise.allSettled(lookups);
  search.release();
  const found = outcomes.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = outcomes.find((each) => each.status === "rejected");
  const useful = found.filter(({ addresses }) => addresses.length > 0);
  if (useful.length === 0 && failed !== undefined) throw toError(failed.reason);
  const ttls = (useful.length === 0 ? found : useful).map(({ ttl }) => ttl);
  return {
    addresses: useful.flatMap(({ addresses }) => addresses),
    ttl: failed === undefined ? Math.min(...ttls) : 0,
  };
}
