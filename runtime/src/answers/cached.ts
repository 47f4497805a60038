import { Lifetime } from "../base/lifetime.ts";
import type { CacheOptions } from "../base/types.ts";

/** What was loaded: its value, and how long its source lets it be kept. */
export interface Loaded<T> {
  readonly value: T;
  /** Seconds, as the source told. */
  readonly ttl: number;
  /** True when the answer is that there is nothing. */
  readonly negative: boolean;
}

export interface CachedRead<T> {
  readonly value: T;
  /** `fresh`: asked for this read; `cached`: kept, within its TTL; `stale`: kept, past its TTL. */
  readonly origin: "fresh" | "cached" | "stale";
}

export interface CachedOptions<T> {
  /** Gives the value. The lifetime ends when no one waits any more, or after `loadTimeout`. */
  readonly load: (lifetime: Lifetime) => Promise<Loaded<T>>;
  readonly limits: Readonly<Required<CacheOptions>>;
  /** Longest time in ms for one load. */
  readonly loadTimeout: number;
  /** How long in ms a failed load is remembered. @default limits.minRefresh */
  readonly failureTtl?: number;
  readonly onLoaded?: (value: T) => void;
  /** Monotonic time in ms. @default performance.now */
  readonly now?: () => number;
}

/** Why a load ends that no reader needs any more. */
const UNWANTED = new Error("no one waits for it");
/** How long a reader waits for a new answer while an expired one is at hand (RFC 8767, section 5). */
const STALE_AFTER = 1_800;

interface Entry<T> {
  readonly value: T;
  readonly negative: boolean;
  readonly loadedAt: number;
  readonly expiresAt: number;
}

interface Flight<T> {
  readonly promise: Promise<T>;
  readonly lifetime: Lifetime;
  readonly departedAt: number;
  waiting: number;
}

/**
 * One value that is loaded when needed and kept for its TTL. One load is in flight at a time,
 * shared by all who wait. An expired value serves only while no new one is available (RFC 8767).
 */
export class Cached<T> {
  readonly #options: CachedOptions<T>;
  readonly #now: () => number;
  #entry: Entry<T> | undefined;
  #failure: { readonly error: unknown; readonly until: number } | undefined;
  #flight: Flight<T> | undefined;

  constructor(options: CachedOptions<T>) {
    this.#options = options;
    this.#now = options.now ?? (() => performance.now());
  }

  /** The value, when it is kept and within its TTL. */
  get fresh(): T | undefined {
    const entry = this.#entry;
    return entry !== undefined && this.#now() < entry.expiresAt ? entry.value : undefined;
  }

  /** Milliseconds until the value expires; 0 when there is none. */
  get expiresIn(): number {
    return Math.max(0, (this.#entry?.expiresAt ?? 0) - this.#now());
  }

  /**
   * The value: from the cache, or loaded.
   * @param refresh `suspect`: the kept value proved wrong, so a new one is loaded unless the kept one
   * is younger than `minRefresh`; `always`: a new one is loaded in any case
   */
  async read(lifetime: Lifetime, refresh?: "suspect" | "always"): Promise<CachedRead<T>> {
    const kept = this.#entry;
    const fresh = refresh === undefined ? this.fresh : undefined;
    if (fresh !== undefined) return { value: fresh, origin: "cached" };
    if (refresh === "suspect" && kept !== undefined && this.#isYoung(kept)) {
      return { value: kept.value, origin: "cached" };
    }
    try {
      return { value: await this.#load(lifetime, refresh === "always"), origin: "fresh" };
    } catch (error) {
      if (lifetime.reason !== undefined) throw lifetime.reason;
      const stale = this.#stale();
      if (stale === undefined) throw error;
      return { value: stale.value, origin: "stale" };
    }
  }

  /** Ends a load under way; its waiters are rejected with the reason. */
  close(reason: Error): void {
    this.#flight?.lifetime.end(reason);
  }

  /** The kept value, if it may still serve while no server answers. A negative answer never does. */
  #stale(): Entry<T> | undefined {
    const entry = this.#entry;
    if (entry === undefined || entry.negative) return undefined;
    return this.#now() < entry.expiresAt + this.#options.limits.maxStale ? entry : undefined;
  }

  #isYoung({ loadedAt }: Entry<T>): boolean {
    return this.#now() - loadedAt < this.#options.limits.minRefresh;
  }

  async #load(lifetime: Lifetime, always: boolean): Promise<T> {
    const failure = this.#failure;
    // A source that failed a moment ago is not asked again: callers may retry faster than it recovers.
    if (!always && failure !== undefined && this.#now() < failure.until) throw failure.error;
    const flight = (this.#flight ??= this.#depart());
    flight.waiting++;
    // With an expired value at hand a reader waits briefly. The load goes on for the next reader.
    const patience =
      this.#stale() === undefined
        ? undefined
        : Math.max(0, flight.departedAt + STALE_AFTER - this.#now());
    try {
      return await waitFor(flight.promise, lifetime, patience);
    } finally {
      flight.waiting--;
      if (flight.waiting === 0 && patience === undefined)
        this.#abandon(flight, lifetime.reason ?? UNWANTED);
    }
  }

  #abandon(flight: Flight<T>, reason: Error): void {
    if (this.#flight !== flight) return;
    this.#flight = undefined;
    flight.lifetime.end(reason);
  }

  #depart(): Flight<T> {
    const lifetime = new Lifetime();
    const { loadTimeout, load } = this.#options;
    const timedOut = (): Error => new Error(`no answer within ${loadTimeout} ms`);
    lifetime.endAfter(loadTimeout, timedOut, { ref: false });
    const promise = waitFor(load(lifetime), lifetime).then(
      (loaded) => this.#arrive(flight, loaded),
      (error: unknown) => this.#crash(flight, error),
    );
    promise.finally(() => lifetime.release()).catch(() => {});
    const flight: Flight<T> = { promise, lifetime, departedAt: this.#now(), waiting: 0 };
    return flight;
  }

  #arrive(flight: Flight<T>, { value, ttl, negative }: Loaded<T>): T {
    if (this.#flight === flight) this.#flight = undefined;
    this.#failure = undefined;
    const { minTtl, maxTtl, negativeTtl, minRefresh } = this.#options.limits;
    const loadedAt = this.#now();
    const lifetime = negative
      ? Math.min(Math.max(ttl * 1_000, minRefresh), negativeTtl)
      : Math.min(Math.max(ttl * 1_000, minTtl), maxTtl);
    this.#entry = { value, negative, loadedAt, expiresAt: loadedAt + lifetime };
    this.#options.onLoaded?.(value);
    return value;
  }

  #crash(flight: Flight<T>, error: unknown): never {
    // A load that was abandoned says nothing about the servers.
    if (this.#flight !== flight) throw error;
    this.#flight = undefined;
    const { limits, failureTtl = limits.minRefresh } = this.#options;
    this.#failure = { error, until: this.#now() + failureTtl };
    throw error;
  }
}

/** The promise, unless the lifetime or the patience (ms) ends first. */
function waitFor<T>(promise: Promise<T>, lifetime: Lifetime, patience?: number): Promise<T> {
  return lifetime.wait((resolve, reject) => {
    const giveUp = (): void => reject(new Error("no answer in time"));
    const timer = patience === undefined ? undefined : setTimeout(giveUp, patience).unref();
    promise.then(resolve, reject);
    return () => clearTimeout(timer);
  });
}
