import { isIP } from "node:net";
import { checkedAddresses, checkedAnswer } from "../base/checks.ts";
import type { Clock } from "../base/clock.ts";
import { publish, steps, traced } from "../base/diagnostics.ts";
import { SrvDialError, hasCode } from "../base/errors.ts";
import type { Lifetime } from "../base/lifetime.ts";
import { canonicalName, targetKey } from "../base/name.ts";
import type { CacheOptions, LookupContext, SrvResolver, SrvTarget } from "../base/types.ts";
import { type DnsResolver, dnsResolver } from "../dns/resolver.ts";
import { Cached } from "./cached.ts";
import { knownAddresses } from "./addresses.ts";

/**
 * Minimum cache times in ms for the addresses of a host, which change far less often than dynamic ports. With these, a
 * client that retries quickly stays under 10 queries a second.
 */
const ADDRESSES = { minRefresh: 5_000, negativeTtl: 1_000 };

/** The dialer settings that a source needs. */
export interface SourceSettings {
  readonly name: string;
  /** ms */
  readonly timeout: number;
  readonly family: 4 | 6 | "both";
  readonly cache: Readonly<Required<CacheOptions>>;
  /** Whether an answer in use is refreshed before it expires. */
  readonly prefetch: boolean;
  readonly clock: Clock;
}

/** Limits in ms for the TTL that a watch uses when caching is off. */
const WATCHED = { least: 1_000, most: 60_000 };

export interface SourceEvents {
  /** Called when the resolver is asked. */
  readonly onAsk: () => void;
  /** Called when an answer is cached. @param isNews whether it names other endpoints than before, or follows a failure */
  readonly onAnswer: (isNews: boolean, isUnavailable: boolean) => void;
  readonly onStale: () => void;
}

/** A resolver's answer for the name. */
export interface Records {
  /** Without the target `.`. */
  readonly targets: readonly SrvTarget[];
  /** Whether the only target is `.`: the service is not available (RFC 2782). */
  readonly isUnavailable: boolean;
  /** Seconds */
  readonly ttl: number;
  /** True when the addresses of the targets may be missing one IP version. */
  readonly isPartial: boolean;
  /** Why there are no targets, if the resolver said so. */
  readonly absence?: SrvDialError;
}

/** The known addresses of a host, and a running lookup for each IP version that is not known. */
export interface Addresses {
  readonly known: readonly string[];
  /** IPv6 first; empty when no lookup is needed. */
  readonly lookups: readonly Promise<readonly string[]>[];
}

/** The addresses of a target that need no lookup, and the caches of the others. */
interface AddressSources {
  readonly known: readonly string[];
  readonly caches: readonly Cached<readonly string[]>[];
}

/** One resolver with its cached results: the targets of the name, and the addresses of their hosts. */
export class Source {
  readonly name: string;
  readonly #settings: SourceSettings;
  readonly #addressLimits: SourceSettings["cache"];
  readonly #resolver: SrvResolver;
  readonly #events: SourceEvents;
  readonly records: Cached<Records>;
  /** The looked-up addresses, by IP version and host. */
  readonly #lookups = new Map<string, Cached<readonly string[]>>();
  readonly #addressSources = new WeakMap<SrvTarget, AddressSources>();
  #isPartial = false;
  /** When a watch without a cache asks again, in ms of the clock. */
  #holdsUntil = 0;
  /** The endpoints of the last answer. */
  #endpoints = "";
  #systemResolver: DnsResolver | undefined;

  constructor(settings: SourceSettings, resolver: SrvResolver, events: SourceEvents) {
    this.name = settings.name;
    this.#settings = settings;
    this.#addressLimits = addressLimits(settings.cache);
    this.#resolver = resolver;
    this.#events = events;
    this.records = new Cached({
      load: async (lifetime) => {
        events.onAsk();
        const resolve = () => this.#resolve(lifetime);
        const value = await traced(steps.resolve, settings.name, resolve, answerMessage);
        publish("srv-dialer:resolve", () => ({ name: settings.name, ...answerMessage(value) }));
        return { value, ttl: value.ttl, negative: value.targets.length === 0 };
      },
      limits: settings.cache,
      loadTimeout: settings.timeout,
      prefetch: settings.prefetch,
      clock: settings.clock,
      onLoaded: ({ targets, ttl, isPartial, isUnavailable }, hadFailed) => {
        this.#isPartial = isPartial;
        const holdsFor = targets.length === 0 ? 0 : ttl * 1_000;
        const { least, most } = WATCHED;
        this.#holdsUntil = settings.clock.now() + Math.min(Math.max(holdsFor, least), most);
        this.#forgetHostsBut(targets);
        const before = this.#endpoints;
        this.#endpoints = isUnavailable ? "." : targets.map(targetKey).toSorted().join(" ");
        events.onAnswer(hadFailed || this.#endpoints !== before, isUnavailable);
      },
    });
  }

  /** Milliseconds until the answer should be refreshed; 0 when there is none. */
  get expiresIn(): number {
    if (this.#settings.cache.maxTtl > 0) return this.records.expiresIn;
    return Math.max(0, this.#holdsUntil - this.#settings.clock.now());
  }

  /**
   * The addresses of a target in the configured IP versions.
   * @param isSuspect the known addresses did not work: looks up older ones again
   */
  addressesOf(target: SrvTarget, lifetime: Lifetime, isSuspect = false): Addresses {
    const { known: given, caches } = this.#addressSourcesOf(target);
    if (caches.length === 0) return { known: given, lookups: [] };
    const lookUp = async (cached: Cached<readonly string[]>, maxAge?: number) =>
      (await cached.read(lifetime, maxAge)).value;
    const { minRefresh, negativeTtl } = this.#addressLimits;
    if (isSuspect) return { known: given, lookups: caches.map((each) => lookUp(each, minRefresh)) };

    const known = [...given];
    const unknown: Cached<readonly string[]>[] = [];
    // While the name cannot be resolved, expired addresses too: the same servers would fail here as well.
    const { isFailing } = this.records;
    for (const cached of caches) {
      const kept = cached.kept(undefined, isFailing);
      if (kept === undefined) unknown.push(cached);
      else known.push(...kept.value);
    }
    if (known.length > 0 || unknown.length > 0) {
      return { known, lookups: unknown.map((each) => lookUp(each)) };
    }
    // A host without any address may get one soon: look again.
    return { known, lookups: caches.map((each) => lookUp(each, negativeTtl)) };
  }

  /** Reports that an expired answer of this source is about to be dialed. */
  servesStale(targets: readonly SrvTarget[]): void {
    publish("srv-dialer:stale", () => ({ name: this.name, targets: copiesOf(targets) }));
    this.#events.onStale();
  }

  close(reason: Error): void {
    this.records.close(reason);
    for (const cached of this.#lookups.values()) cached.close(reason);
  }

  async #resolve(lifetime: Lifetime): Promise<Records> {
    const { name } = this.#settings;
    try {
      const answer = await this.#resolver.resolve(name, { signal: lifetime.signal, unref: true });
      const { targets: all, ttl, reason, partialAddresses = false } = checkedAnswer(answer);
      const targets = copiesOf(all.filter(({ host }) => host !== "." && host !== ""));
      const isUnavailable = targets.length === 0 && all.length > 0;
      const found = { targets, isUnavailable, ttl, isPartial: partialAddresses };
      if (reason === undefined || all.length > 0) return found;
      const absence = new SrvDialError("ERR_SRV_NO_RECORDS", reason, { hostname: name });
      return { ...found, absence };
    } catch (error) {
      // "No records" is an answer too, even when a resolver throws it as an error to say why.
      if (!hasCode(error, "ERR_SRV_NO_RECORDS")) throw error;
      return { targets: [], isUnavailable: false, ttl: 0, isPartial: false, absence: error };
    }
  }

  /** Created once for each target of an answer: most dials find everything here. */
  #addressSourcesOf(target: SrvTarget): AddressSources {
    let sources = this.#addressSources.get(target);
    if (sources === undefined) {
      const { known, missing } = knownAddresses(target, this.#settings.family, this.#isPartial);
      sources = { known, caches: missing.map((family) => this.#cacheOf(target.host, family)) };
      this.#addressSources.set(target, sources);
    }
    return sources;
  }

  #cacheOf(host: string, family: 4 | 6): Cached<readonly string[]> {
    const key = `${family}${canonicalName(host)}`;
    const known = this.#lookups.get(key);
    if (known !== undefined) return known;
    const { timeout, prefetch, clock } = this.#settings;
    const limits = this.#addressLimits;
    const cached = new Cached<readonly string[]>({
      load: async (lifetime) => {
        const found = await this.#lookup(host, { signal: lifetime.signal, unref: true, family });
        const { addresses, ttl } = checkedAddresses(found);
        // Not negative: an empty result holds for its TTL, as the other IP version may have addresses.
        const value = addresses.filter((address) => isIP(address) === family);
        return { value, ttl, negative: false };
      },
      // A failed lookup is repeated as soon as an empty one.
      limits: { ...limits, minRefresh: limits.negativeTtl },
      loadTimeout: timeout,
      prefetch,
      clock,
    });
    this.#lookups.set(key, cached);
    return cached;
  }

  #lookup(host: string, context: LookupContext) {
    if (this.#resolver.lookup !== undefined) return this.#resolver.lookup(host, context);
    // A user's resolver may have no lookup: use the system's servers then.
    return (this.#systemResolver ??= dnsResolver()).lookup(host, context);
  }

  /** Drops the addresses of hosts that are not in the current answer, so that the cache stays small. */
  #forgetHostsBut(targets: readonly SrvTarget[]): void {
    const hosts = new Set(targets.map(({ host }) => canonicalName(host)));
    for (const [key, cached] of this.#lookups) {
      if (hosts.has(key.slice(1))) continue;
      cached.stop();
      this.#lookups.delete(key);
    }
  }
}

/** The cache limits for addresses. A limit of 0 stays 0: then every dial asks. */
function addressLimits(cache: SourceSettings["cache"]): SourceSettings["cache"] {
  const { minRefresh, negativeTtl } = cache;
  return {
    ...cache,
    minRefresh: minRefresh === 0 ? 0 : Math.max(minRefresh, ADDRESSES.minRefresh),
    negativeTtl: negativeTtl === 0 ? 0 : Math.max(negativeTtl, ADDRESSES.negativeTtl),
  };
}

/** Copies that a caller may modify. */
export function copiesOf(targets: readonly SrvTarget[]): SrvTarget[] {
  return targets.map(({ addresses, ...target }) =>
    addresses === undefined ? target : { ...target, addresses: [...addresses] },
  );
}

function answerMessage({ targets, ttl }: Records): { targets: SrvTarget[]; ttl: number } {
  return { targets: copiesOf(targets), ttl };
}
