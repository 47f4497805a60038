import { isIP } from "node:net";
import { checkedAddresses, checkedAnswer } from "../base/checks.ts";
import type { Clock } from "../base/clock.ts";
import { Context } from "../base/context.ts";
import { channels, steps, traced } from "../base/diagnostics.ts";
import { SrvDialError, hasCode } from "../base/errors.ts";
import type { Lifetime } from "../base/lifetime.ts";
import { canonicalName } from "../base/name.ts";
import type {
  CacheOptions,
  HostAddresses,
  LookupContext,
  SrvResolver,
  SrvTarget,
} from "../base/types.ts";
import { type DnsResolver, dnsResolver } from "../dns/dns-resolver.ts";
import { Cached, type CachedRead } from "./cached.ts";
import { toldAddresses } from "./told-addresses.ts";

/**
 * Least times in ms for the addresses of a host. They change far less than dynamic ports, and each
 * lookup costs a query. So a client that retries quickly stays under 10 queries a second.
 */
const ADDRESSES = { minRefresh: 5_000, negativeTtl: 1_000 };

/** What a source needs of the dialer's settings. */
export interface SourceSettings {
  readonly name: string;
  /** ms */
  readonly timeout: number;
  readonly family: 4 | 6 | "both";
  readonly cache: Readonly<Required<CacheOptions>>;
  /** Whether an answer in use is asked for again before it expires. */
  readonly prefetch: boolean;
  readonly clock: Clock;
}

/** Limits in ms of the TTL that a watch goes by where nothing is cached. */
const WATCHED = { least: 1_000, most: 60_000 };

export interface SourceEvents {
  /** The resolver is asked. */
  readonly onAsk: () => void;
  /** It gave an answer, which is kept now. */
  readonly onAnswer: () => void;
  /** An expired answer serves, since no server answers. */
  readonly onStale: () => void;
}

/** What a resolver has for the name. */
export interface Found {
  readonly targets: readonly SrvTarget[];
  /** Seconds */
  readonly ttl: number;
  /** The addresses of the targets may lack a family. */
  readonly isPartial: boolean;
  /** What the resolver said of there being none. */
  readonly absence?: SrvDialError;
}

/** The addresses of a host: those that are known, and a lookup for each family that is not. */
export interface Addresses {
  readonly known: readonly string[];
  /** IPv6 first; none is an empty list. */
  readonly lookups: readonly Promise<readonly string[]>[];
}

/** What is said of a target's addresses, and where the rest of them is kept. */
interface Whereabouts {
  readonly told: readonly string[];
  readonly caches: readonly Cached<readonly string[]>[];
}

/** One resolver with what it found: the targets of the name, and the addresses of their hosts. */
export class Source {
  /** The SRV name. */
  readonly name: string;
  readonly #settings: SourceSettings;
  readonly #resolver: SrvResolver;
  readonly #events: SourceEvents;
  readonly #found: Cached<Found>;
  /** The addresses that were looked up, by host. */
  readonly #hosts = new Map<string, Partial<Record<4 | 6, Cached<readonly string[]>>>>();
  readonly #whereabouts = new WeakMap<SrvTarget, Whereabouts>();
  /** The addresses that came with the answer may lack a family. */
  #isPartial = false;
  /** The end of the answer's TTL, whatever the cache keeps. */
  #holdsUntil = 0;
  #systemResolver: DnsResolver | undefined;

  constructor(settings: SourceSettings, resolver: SrvResolver, events: SourceEvents) {
    this.name = settings.name;
    this.#settings = settings;
    this.#resolver = resolver;
    this.#events = events;
    this.#found = new Cached({
      load: async (lifetime) => {
        events.onAsk();
        const found = await traced(
          steps.resolve,
          { name: settings.name },
          () => this.#resolve(lifetime),
          ({ targets, ttl }) => ({ targets: copiesOf(targets), ttl }),
        );
        const { targets, ttl } = found;
        // Stryker disable next-line ConditionalExpression: saves copies that no one reads
        if (channels.resolve.hasSubscribers) {
          channels.resolve.publish({ name: settings.name, targets: copiesOf(targets), ttl });
        }
        return { value: found, ttl, negative: targets.every(({ host }) => isRoot(host)) };
      },
      limits: settings.cache,
      loadTimeout: settings.timeout,
      prefetch: settings.prefetch,
      clock: settings.clock,
      onLoaded: ({ targets, ttl, isPartial }) => {
        this.#isPartial = isPartial;
        const holdsFor = targets.length === 0 ? 0 : ttl * 1_000;
        const { least, most } = WATCHED;
        this.#holdsUntil = settings.clock.now() + Math.min(Math.max(holdsFor, least), most);
        this.#forgetHostsBut(targets);
        events.onAnswer();
      },
    });
  }

  /** The targets, when they are kept and within their TTL. */
  known(): readonly SrvTarget[] | undefined {
    return this.#found.take()?.targets;
  }

  /** The targets though they have expired, while the resolver gives no answer. */
  knownStale(): readonly SrvTarget[] | undefined {
    return this.#found.isFailing ? this.#found.takeStale()?.targets : undefined;
  }

  /** Milliseconds until the answer is worth asking for again; 0 when there is none. */
  get expiresIn(): number {
    if (this.#settings.cache.maxTtl > 0) return this.#found.expiresIn;
    return Math.max(0, this.#holdsUntil - this.#settings.clock.now());
  }

  /** @param maxAge as of {@link Cached.read} */
  read(lifetime: Lifetime, maxAge?: number): Promise<CachedRead<Found>> {
    return this.#found.read(lifetime, maxAge);
  }

  /**
   * The addresses of a target in the families asked for.
   *
   * @param isSuspect they led nowhere: what was looked up a while ago is looked up again
   */
  addressesOf(target: SrvTarget, lifetime: Lifetime, isSuspect = false): Addresses {
    const { told, caches } = this.#whereIs(target);
    const lookUp = (cached: Cached<readonly string[]>, maxAge?: number) =>
      cached.read(lifetime, maxAge).then(({ value }) => value);
    const { minRefresh, negativeTtl } = addressLimits(this.#settings.cache);
    if (isSuspect) return { known: told, lookups: caches.map((each) => lookUp(each, minRefresh)) };

    const kept = caches.map((cached) => this.#take(cached));
    const known = [...told, ...kept.flatMap((addresses) => addresses ?? [])];
    const unknown = caches.filter((_cached, index) => kept[index] === undefined);
    // A host without any address may get one soon.
    const isNowhere = known.length === 0 && unknown.length === 0;
    const lookups = isNowhere
      ? caches.map((cached) => lookUp(cached, negativeTtl))
      : unknown.map((cached) => lookUp(cached));
    return { known, lookups };
  }

  /** The addresses that are known without a lookup. */
  knownAddressesOf(target: SrvTarget): readonly string[] {
    const { told, caches } = this.#whereIs(target);
    const known = [...told];
    for (const cached of caches) known.push(...(this.#take(cached) ?? []));
    return known;
  }

  /** No one waits for servers that do not give the targets: they would not give the addresses. */
  #take(cached: Cached<readonly string[]>): readonly string[] | undefined {
    return cached.take() ?? (this.#found.isFailing ? cached.takeStale() : undefined);
  }

  /** An expired answer of this source is about to be dialed. */
  servesStale(targets: readonly SrvTarget[]): void {
    if (channels.stale.hasSubscribers) {
      channels.stale.publish({ name: this.#settings.name, targets: copiesOf(targets) });
    }
    this.#events.onStale();
  }

  close(reason: Error): void {
    this.#found.close(reason);
    for (const caches of this.#hosts.values()) {
      for (const cached of Object.values(caches)) cached.close(reason);
    }
  }

  async #resolve(lifetime: Lifetime): Promise<Found> {
    const { name, family } = this.#settings;
    try {
      const answer = await this.#resolver.resolve(name, new Context(lifetime, family));
      const { targets, ttl, reason, partialAddresses = false } = checkedAnswer(answer);
      const found = { targets: copiesOf(targets), ttl, isPartial: partialAddresses };
      if (reason === undefined || targets.length > 0) return found;
      const absence = new SrvDialError("ERR_SRV_NO_RECORDS", reason, { hostname: name });
      return { ...found, absence };
    } catch (error) {
      // That there are no records is an answer, though a resolver may say why by an error.
      if (!hasCode(error, "ERR_SRV_NO_RECORDS")) throw error;
      return { targets: [], ttl: 0, isPartial: false, absence: error };
    }
  }

  /** Made once a target: most dials find everything in it. */
  #whereIs(target: SrvTarget): Whereabouts {
    let whereabouts = this.#whereabouts.get(target);
    if (whereabouts === undefined) {
      const { told, missing } = toldAddresses(target, this.#settings.family, this.#isPartial);
      const caches = missing.map((family) => this.#cacheOf(target.host, family));
      whereabouts = { told, caches };
      this.#whereabouts.set(target, whereabouts);
    }
    return whereabouts;
  }

  #cacheOf(host: string, family: 4 | 6): Cached<readonly string[]> {
    const key = canonicalName(host);
    let caches = this.#hosts.get(key);
    if (caches === undefined) this.#hosts.set(key, (caches = {}));
    return (caches[family] ??= this.#lookupCache(host, family));
  }

  #lookupCache(host: string, family: 4 | 6): Cached<readonly string[]> {
    const { cache, timeout, prefetch, clock } = this.#settings;
    const limits = addressLimits(cache);
    return new Cached<readonly string[]>({
      load: async (lifetime) => {
        const found = await this.#lookup(host, new Context(lifetime, family));
        const { addresses, ttl } = checkedAddresses(found);
        // That a family has none holds as long as the answer says, beside one that has some.
        const value = addresses.filter((address) => isIP(address) === family);
        return { value, ttl, negative: false };
      },
      limits,
      failureTtl: limits.negativeTtl,
      loadTimeout: timeout,
      prefetch,
      clock,
    });
  }

  #lookup(host: string, context: LookupContext): Promise<HostAddresses> {
    const own = this.#resolver.lookup?.(host, context);
    // A user's resolver may have no lookup: the system's servers have one.
    return own ?? (this.#systemResolver ??= dnsResolver()).lookup(host, context);
  }

  /** Keeps addresses only of the hosts in the current answer, so that their number is bounded. */
  #forgetHostsBut(targets: readonly SrvTarget[]): void {
    const hosts = new Set(targets.map(({ host }) => canonicalName(host)));
    for (const [host, caches] of this.#hosts) {
      if (hosts.has(host)) continue;
      for (const cached of Object.values(caches)) cached.stop();
      this.#hosts.delete(host);
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

/** Copies that a caller may change. */
export function copiesOf(targets: readonly SrvTarget[]): SrvTarget[] {
  return targets.map((target) =>
    target.addresses === undefined
      ? { ...target }
      : { ...target, addresses: [...target.addresses] },
  );
}

/** The target `.`: the service is decidedly not available (RFC 2782). */
export function isRoot(host: string): boolean {
  return host === "." || host === "";
}
