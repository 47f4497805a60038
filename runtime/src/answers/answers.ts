import { isIP } from "node:net";
import { checkedAddresses, checkedAnswer } from "../base/checks.ts";
import { Context } from "../base/context.ts";
import { channels } from "../base/diagnostics.ts";
import { SrvDialError, toError } from "../base/errors.ts";
import type { Lifetime } from "../base/lifetime.ts";
import { canonicalName, isLocalhost } from "../base/name.ts";
import type { CacheOptions, HostAddresses, SrvResolver, SrvTarget } from "../base/types.ts";
import { type DnsResolver, dnsResolver } from "../dns/dns-resolver.ts";
import { Cached, type CachedRead } from "./cached.ts";

/**
 * Least times in ms for the addresses of a host. They change far less than dynamic ports, and each
 * lookup costs two queries. So a client that retries quickly stays under 10 queries a second.
 */
const ADDRESSES = { minRefresh: 5_000, negativeTtl: 1_000 };

/** What a source needs of the dialer's settings. */
export interface SourceSettings {
  readonly name: string;
  /** ms */
  readonly timeout: number;
  readonly family: 4 | 6 | "both";
  readonly cache: Readonly<Required<CacheOptions>>;
}

const LOOPBACK = ["127.0.0.1", "::1"];

export interface SourceEvents {
  /** The resolver is asked. */
  readonly onAsk: () => void;
  /** It gave an answer, which is kept now. */
  readonly onAnswer: () => void;
  /** An expired answer serves, since no server answers. */
  readonly onStale: () => void;
}

/** One resolver with what it found: the targets of the name, and the addresses of their hosts. */
export class Source {
  readonly #settings: SourceSettings;
  readonly #resolver: SrvResolver;
  readonly #events: SourceEvents;
  readonly #targets: Cached<readonly SrvTarget[]>;
  readonly #addresses = new Map<string, Cached<readonly string[]>>();
  #systemResolver: DnsResolver | undefined;

  constructor(settings: SourceSettings, resolver: SrvResolver, events: SourceEvents) {
    this.#settings = settings;
    this.#resolver = resolver;
    this.#events = events;
    this.#targets = new Cached({
      load: async (lifetime) => {
        events.onAsk();
        const context = new Context(lifetime, settings.family);
        const { targets, ttl } = checkedAnswer(await resolver.resolve(settings.name, context));
        channels.resolve.publish({ name: settings.name, targets, ttl });
        return { value: targets, ttl, negative: targets.every(({ host }) => isRoot(host)) };
      },
      limits: settings.cache,
      loadTimeout: settings.timeout,
      onLoaded: (targets) => {
        this.#forgetAddressesBut(targets);
        events.onAnswer();
      },
    });
  }

  /** The targets, when they are kept and within their TTL. */
  get fresh(): readonly SrvTarget[] | undefined {
    return this.#targets.fresh;
  }

  get expiresIn(): number {
    return this.#targets.expiresIn;
  }

  read(
    lifetime: Lifetime,
    refresh?: "suspect" | "always",
  ): Promise<CachedRead<readonly SrvTarget[]>> {
    return this.#targets.read(lifetime, refresh);
  }

  /** The addresses of a target in the family asked for; none is an empty list. */
  addressesOf(
    target: SrvTarget,
    lifetime: Lifetime,
    refresh?: "suspect",
  ): readonly string[] | Promise<readonly string[]> {
    const known = refresh === undefined ? this.knownAddressesOf(target) : this.#told(target);
    if (known !== undefined) return known;
    const cached = this.#addressCacheOf(target.host);
    return cached.read(lifetime, refresh).then(({ value }) => value);
  }

  /** The addresses that are known without a lookup. */
  knownAddressesOf(target: SrvTarget): readonly string[] | undefined {
    return this.#told(target) ?? this.#addresses.get(canonicalName(target.host))?.fresh;
  }

  /** What the answer or the host itself tells. */
  #told({ host, addresses }: SrvTarget): readonly string[] | undefined {
    const isAddress = isIP(host) !== 0;
    const told = isAddress ? [host] : (addresses ?? (isLocalhost(host) ? LOOPBACK : undefined));
    const inFamily = told?.filter((address) => this.#isInFamily(address));
    return inFamily?.length === 0 && !isAddress ? undefined : inFamily;
  }

  /** An expired answer of this source is about to be dialed. */
  servesStale(targets: readonly SrvTarget[]): void {
    channels.stale.publish({ name: this.#settings.name, targets });
    this.#events.onStale();
  }

  close(reason: Error): void {
    this.#targets.close(reason);
    for (const cached of this.#addresses.values()) cached.close(reason);
  }

  #isInFamily(address: string): boolean {
    const { family } = this.#settings;
    const version = isIP(address);
    return family === "both" ? version !== 0 : version === family;
  }

  #addressCacheOf(host: string): Cached<readonly string[]> {
    const key = canonicalName(host);
    const { cache, timeout } = this.#settings;
    const limits = addressLimits(cache);
    let cached = this.#addresses.get(key);
    if (cached === undefined) {
      cached = new Cached<readonly string[]>({
        load: async (lifetime) => {
          const { addresses, ttl } = checkedAddresses(await this.#lookup(host, lifetime));
          const value = addresses.filter((address) => this.#isInFamily(address));
          return { value, ttl, negative: value.length === 0 };
        },
        limits,
        failureTtl: limits.negativeTtl,
        loadTimeout: timeout,
      });
      this.#addresses.set(key, cached);
    }
    return cached;
  }

  #lookup(host: string, lifetime: Lifetime): Promise<HostAddresses> {
    const context = new Context(lifetime, this.#settings.family);
    const own = this.#resolver.lookup?.(host, context);
    // A user's resolver may have no lookup: the system's servers have one.
    return own ?? (this.#systemResolver ??= dnsResolver()).lookup(host, context);
  }

  /** Keeps addresses only of the hosts in the current answer, so that their number is bounded. */
  #forgetAddressesBut(targets: readonly SrvTarget[]): void {
    const hosts = new Set(targets.map(({ host }) => canonicalName(host)));
    for (const host of this.#addresses.keys()) {
      if (!hosts.has(host)) this.#addresses.delete(host);
    }
  }
}

/** A limit of 0 stays 0: then every dial asks. */
function addressLimits(cache: SourceSettings["cache"]): SourceSettings["cache"] {
  const { minRefresh, negativeTtl } = cache;
  return {
    ...cache,
    minRefresh: minRefresh === 0 ? 0 : Math.max(minRefresh, ADDRESSES.minRefresh),
    negativeTtl: negativeTtl === 0 ? 0 : Math.max(negativeTtl, ADDRESSES.negativeTtl),
  };
}

/** The target `.`: the service is decidedly not available (RFC 2782). */
export function isRoot(host: string): boolean {
  return host === "." || host === "";
}

/** Targets of one source, at least one of them; never the target `.`. */
export interface Answer {
  readonly source: Source;
  readonly targets: readonly SrvTarget[];
  readonly origin: CachedRead<unknown>["origin"];
}

/** Why sources gave no targets: no records (undefined) or an error. */
export type Misses = (Error | undefined)[];

/**
 * The answers of the sources in turn; stale ones after all sources that can answer now.
 *
 * @throws {SrvDialError} ERR_SRV_UNAVAILABLE: the target `.` ends the search
 */
export async function* answersOf(
  name: string,
  sources: readonly Source[],
  { lifetime, misses, refresh }: { lifetime: Lifetime; misses: Misses; refresh?: "always" },
): AsyncGenerator<Answer, void, undefined> {
  const stale: Answer[] = [];
  for (const source of sources) {
    const answer = await answerOf(name, source, { lifetime, misses, refresh });
    if (answer?.origin === "stale") stale.push(answer);
    else if (answer !== undefined) yield answer;
  }
  for (const answer of stale) {
    answer.source.servesStale(answer.targets);
    yield answer;
  }
}

/** One source's answer, or undefined with the reason among the misses. */
export async function answerOf(
  name: string,
  source: Source,
  {
    lifetime,
    misses,
    refresh,
  }: { lifetime: Lifetime; misses: Misses; refresh: "suspect" | "always" | undefined },
): Promise<Answer | undefined> {
  try {
    const kept = refresh === undefined ? source.fresh : undefined;
    const { value, origin } =
      kept === undefined
        ? await source.read(lifetime, refresh)
        : { value: kept, origin: "cached" as const };
    const targets = value.filter(({ host }) => !isRoot(host));
    if (targets.length > 0) return { source, targets, origin };
    if (value.length > 0) throw unavailable(name);
    misses.push(undefined);
  } catch (error) {
    if (lifetime.reason !== undefined) throw lifetime.reason;
    if (error instanceof SrvDialError && error.code === "ERR_SRV_UNAVAILABLE") throw error;
    misses.push(toError(error));
  }
  return undefined;
}

/** The error when no source had targets. */
export function noAnswer(name: string, misses: Misses): SrvDialError {
  const errors = misses.filter((miss) => miss !== undefined);
  const [cause] = errors;
  if (cause === undefined) {
    return new SrvDialError("ERR_SRV_NO_RECORDS", `${name} has no SRV records`, { hostname: name });
  }
  return new SrvDialError(
    "ERR_SRV_RESOLVE",
    `Cannot resolve ${name}: ${errors.map(({ message }) => message).join("; ")}`,
    { hostname: name, cause: errors.length === 1 ? cause : new AggregateError(errors) },
  );
}

function unavailable(name: string): SrvDialError {
  return new SrvDialError(
    "ERR_SRV_UNAVAILABLE",
    `${name} is not available: its SRV target is "."`,
    { hostname: name },
  );
}
