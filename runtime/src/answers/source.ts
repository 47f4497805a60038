import { isIP } from "node:net";
import { checkedAddresses, checkedAnswer } from "../base/checks.ts";
import { channels } from "../base/diagnostics.ts";
import { SrvDialError, hasCode } from "../base/errors.ts";
import { canonicalName, targetKey } from "../base/name.ts";
import type { Settings } from "../base/settings.ts";
import type { Lifetime } from "../base/time.ts";
import type { LookupContext, SrvResolver, SrvTarget } from "../base/types.ts";
import { type DnsResolver, dnsResolver } from "../dns/resolver.ts";
import { knownAddresses } from "./addresses.ts";
import { Cached, YOUNGEST } from "./cached.ts";

/**
 * Minimum times in ms for the addresses of a host, which change far less often than dynamic ports. With these, a client
 * that retries quickly stays under 10 queries a second.
 */
const ADDRESSES = { negativeTtl: 1_000, suspectAfter: 5_000 };

export type SourceSettings = Pick<
  Settings,
  "name" | "timeout" | "family" | "cache" | "prefetch" | "clock"
>;

/** Called when an answer is cached. @param isNews whether it names other endpoints than before, or follows a failure */
export type OnAnswer = (isNews: boolean, isUnavailable: boolean) => void;

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
  readonly records: Cached<Records>;
  readonly #settings: SourceSettings;
  readonly #resolver: SrvResolver;
  /** The looked-up addresses, by IP version and host. */
  readonly #lookups = new Map<string, Cached<readonly string[]>>();
  readonly #addressSources = new WeakMap<SrvTarget, AddressSources>();
  #isPartial = false;
  /** The endpoints of the last answer. */
  #endpoints = "";
  #systemResolver: DnsResolver | undefined;

  constructor(settings: SourceSettings, resolver: SrvResolver, onAnswer: OnAnswer) {
    const { name, cache, timeout, prefetch, clock } = settings;
    this.name = name;
    this.#settings = settings;
    this.#resolver = resolver;
    this.records = new Cached({
      load: async (lifetime) => {
        const value = await this.#resolve(lifetime);
        const { targets, ttl } = value;
        if (channels.resolve.hasSubscribers) {
          channels.resolve.publish({ name, targets: copiesOf(targets), ttl });
        }
        return { value, ttl, negative: targets.length === 0 };
      },
      limits: cache,
      pause: this.#isCached ? YOUNGEST : 0,
      loadTimeout: timeout,
      prefetch,
      clock,
      onLoaded: (records, hadFailed) => {
        const { targets, isUnavailable } = records;
        this.#isPartial = records.isPartial;
        this.#forgetHostsBut(targets);
        const before = this.#endpoints;
        this.#endpoints = isUnavailable ? "." : targets.map(targetKey).toSorted().join(" ");
        onAnswer(hadFailed || this.#endpoints !== before, isUnavailable);
      },
    });
  }

  get #isCached(): boolean {
    return this.#settings.cache.maxTtl > 0;
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
    const { negativeTtl, suspectAfter } = this.#isCached
      ? ADDRESSES
      : { negativeTtl: 0, suspectAfter: 0 };
    if (isSuspect) {
      return { known: given, lookups: caches.map((each) => lookUp(each, suspectAfter)) };
    }
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
    channels.stale.publish({ name: this.name, targets: copiesOf(targets) });
  }

  close(reason: Error): void {
    this.records.close(reason);
    for (const cached of this.#lookups.values()) cached.close(reason);
  }

  async #resolve(lifetime: Lifetime): Promise<Records> {
    const { name } = this;
    try {
      const answer = await this.#resolver.resolve(name, { signal: lifetime.signal, unref: true });
      const { targets: all, ttl, reason, partialAddresses = false } = checkedAnswer(answer);
      const targets = copiesOf(all.filter(({ host }) => host !== "." && host !== ""));
      const isUnavailable = targets.length === 0 && all.length > 0;
      const found = { targets, isUnavailable, ttl, isPartial: partialAddresses };
      if (reason === undefined || all.length > 0) return found;
      const absence = SrvDialError.of("ERR_SRV_NO_RECORDS", reason, { hostname: name });
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
    const { timeout, clock, cache, prefetch } = this.#settings;
    const cached = new Cached<readonly string[]>({
      load: async (lifetime) => {
        const found = await this.#lookup(host, { signal: lifetime.signal, unref: true, family });
        const { addresses, ttl } = checkedAddresses(found);
        // Not negative: an empty result holds for its TTL, as the other IP version may have addresses.
        const value = addresses.filter((address) => isIP(address) === family);
        return { value, ttl, negative: false };
      },
      limits: cache,
      // A failed lookup is repeated as soon as an empty one.
      pause: this.#isCached ? ADDRESSES.negativeTtl : 0,
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

/** Copies that a caller may modify. */
export function copiesOf(targets: readonly SrvTarget[]): SrvTarget[] {
  return targets.map(({ addresses, ...target }) =>
    addresses === undefined ? target : { ...target, addresses: [...addresses] },
  );
}
