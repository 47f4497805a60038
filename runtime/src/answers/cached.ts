import type { Clock } from "../base/clock.ts";
import { Lifetime } from "../base/lifetime.ts";
import type { CacheOptions } from "../base/types.ts";
import { WeakTimer } from "../base/weak-timer.ts";

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
  /** How long in ms a failed load is remembered while nothing is kept. @default limits.minRefresh */
  readonly failureTtl?: number;
  /** Whether a value in use is loaded again before it expires. @default true */
  readonly prefetch?: boolean;
  readonly onLoaded?: (value: T) => void;
  readonly clock: Clock;
}

/** Why a load ends that no reader needs any more. */
const UNWANTED = new Error("no one waits for it");
const LATE = new Error("no answer in time");
/** How long a reader waits for a new answer while there is an expired one (RFC 8767, section 5). */
const STALE_AFTER = 1_800;
/** Least time in ms between two loads in the background, while loading fails. */
const RECHECK_AFTER = 1_000;
/** How long in ms a failed load says that the source fails. While a value is in use, loads follow each other faster. */
const FAILING_FOR = 5_000;
/** A value in use is loaded again in the last tenth of its time, at most this many ms before the end. */
const MOST_AHEAD = 2_000;

interface Entry<T> {
  readonly value: T;
  readonly negative: boolean;
  readonly loadedAt: number;
  /** From then on a value in use is loaded again. */
  readonly refreshAt: number;
  readonly expiresAt: number;
}

interface Flight<T> {
  readonly promise: Promise<T>;
  readonly lifetime: Lifetime;
  waiting: number;
}

/**
 * One value that is loaded when needed and kept for its TTL. One load is in flight at a time,
 * shared by all who wait. A value in use is loaded again shortly before it expires, so that no reader
 * waits. An expired value serves only while no new one is available (RFC 8767): then loads run in
 * the background, one a second at most.
 */
export class Cached<T> {
  readonly #options: CachedOptions<T>;
  #entry: Entry<T> | undefined;
  /** Of the last load, if it failed. */
  #failure: { readonly error: unknown; readonly at: number } | undefined;
  #flight: Flight<T> | undefined;
  #departedAt = Number.NEGATIVE_INFINITY;
  /** Loads the value again; set while it is in use. */
  readonly #refresh: WeakTimer<Cached<T>>;
  #isStopped = false;

  constructor(options: CachedOptions<T>) {
    this.#options = options;
    this.#refresh = new WeakTimer<Cached<T>>(this, options.clock, Cached.#loadAnew);
  }

  /** The value for use, when it is kept and within its TTL. */
  take(): T | undefined {
    const entry = this.#entry;
    if (entry === undefined || this.#now() >= entry.expiresAt) return undefined;
    this.#keepFresh(entry);
    return entry.value;
  }

  /** The value for use while its source fails, though it has expired; it is asked for in the background. */
  takeStale(): T | undefined {
    const entry = this.#servable();
    return entry === undefined ? undefined : this.#serve(entry).value;
  }

  /** Whether the source gives no answer: a load has just failed, or is silent for too long. */
  get isFailing(): boolean {
    if (this.#failure !== undefined && this.#now() < this.#failure.at + FAILING_FOR) return true;
    return this.#flight !== undefined && this.#now() >= this.#departedAt + STALE_AFTER;
  }

  /** Milliseconds until the value expires; 0 when there is none. */
  get expiresIn(): number {
    return Math.max(0, (this.#entry?.expiresAt ?? 0) - this.#now());
  }

  /**
   * The value for use: from the cache, or loaded.
   *
   * @param maxAge ms; the kept value serves only when it is younger. 0: it is loaded in any case
   * @default as long as its TTL says
   */
  async read(lifetime: Lifetime, maxAge?: number): Promise<CachedRead<T>> {
    const kept = this.#kept(maxAge);
    if (kept !== undefined) return kept;
    try {
      const value = await this.#load(lifetime, maxAge);
      if (this.#entry !== undefined) this.#keepFresh(this.#entry);
      return { value, origin: "fresh" };
    } catch (error) {
      if (lifetime.reason !== undefined) throw lifetime.reason;
      const entry = this.#servable();
      if (entry === undefined) throw error;
      return this.#serve(entry);
    }
  }

  /** From now on nothing is loaded ahead. */
  stop(): void {
    this.#isStopped = true;
    this.#refresh.clear();
  }

  /** As `stop`, and ends a load under way: its waiters are rejected with the reason. */
  close(reason: Error): void {
    this.stop();
    this.#flight?.lifetime.end(reason);
  }

  #kept(maxAge: number | undefined): CachedRead<T> | undefined {
    const entry = this.#entry;
    if (entry === undefined) return undefined;
    const now = this.#now();
    if (maxAge !== undefined) {
      return now - entry.loadedAt < maxAge ? this.#serve(entry) : undefined;
    }
    if (now < entry.expiresAt) return this.#serve(entry);
    // No reader waits for a source that is failing: it is asked in the background.
    return this.isFailing && this.#servable() !== undefined ? this.#serve(entry) : undefined;
  }

  #serve(entry: Entry<T>): CachedRead<T> {
    this.#keepFresh(entry);
    return { value: entry.value, origin: this.#now() < entry.expiresAt ? "cached" : "stale" };
  }

  /** The kept value, if it may serve while no server answers. A negative answer never does. */
  #servable(): Entry<T> | undefined {
    const entry = this.#entry;
    if (entry === undefined || entry.negative) return undefined;
    return this.#now() < entry.expiresAt + this.#options.limits.maxStale ? entry : undefined;
  }

  /** The value is used: it will be loaded again in time, though no one waits then. */
  #keepFresh({ negative, refreshAt, expiresAt, loadedAt }: Entry<T>): void {
    if (this.#refresh.isSet || this.#flight !== undefined || this.#isStopped) return;
    const hasFailed = this.#failure !== undefined;
    const isAhead = expiresAt > loadedAt && this.#options.prefetch !== false;
    if (negative || !(isAhead || hasFailed)) return;
    const at = hasFailed ? Math.max(refreshAt, this.#departedAt + RECHECK_AFTER) : refreshAt;
    this.#refresh.set(at - this.#now());
  }

  #now(): number {
    return this.#options.clock.now();
  }

  static #loadAnew<T>(this: void, cached: Cached<T>): void {
    cached.#flight ??= cached.#depart();
  }

  async #load(lifetime: Lifetime, maxAge: number | undefined): Promise<T> {
    if (lifetime.reason !== undefined) throw lifetime.reason;
    const failure = this.#failure;
    const isKept = this.#servable() !== undefined;
    const { limits, failureTtl = limits.minRefresh } = this.#options;
    const pause = isKept ? RECHECK_AFTER : failureTtl;
    // A source that failed a moment ago is not asked again: callers may retry faster than it recovers.
    if (maxAge !== 0 && failure !== undefined && this.#now() < failure.at + pause) {
      throw failure.error;
    }
    const flight = (this.#flight ??= this.#depart());
    // When there is a value no one waits again for a load that has been silent for so long.
    const patience = isKept ? this.#departedAt + STALE_AFTER - this.#now() : undefined;
    flight.waiting++;
    try {
      return await this.#waitFor(flight.promise, lifetime, patience);
    } finally {
      flight.waiting--;
      // When there is a value a load goes on in the background, for the next reader.
      if (flight.waiting === 0 && !isKept) this.#abandon(flight, lifetime.reason ?? UNWANTED);
    }
  }

  #abandon(flight: Flight<T>, reason: Error): void {
    if (this.#flight !== flight) return;
    this.#flight = undefined;
    flight.lifetime.end(reason);
  }

  #depart(): Flight<T> {
    this.#refresh.clear();
    this.#departedAt = this.#now();
    const lifetime = new Lifetime();
    const { loadTimeout, load, clock } = this.#options;
    lifetime.endAfter(loadTimeout, clock, () => new Error(`no answer within ${loadTimeout} ms`));
    const promise = this.#waitFor(load(lifetime), lifetime).then(
      (loaded) => this.#arrive(flight, loaded),
      (error: unknown) => this.#crash(flight, error),
    );
    // Its readers may all have left.
    promise.catch(() => {});
    const flight: Flight<T> = { promise, lifetime, waiting: 0 };
    return flight;
  }

  #arrive(flight: Flight<T>, { value, ttl, negative }: Loaded<T>): T {
    flight.lifetime.release();
    if (this.#flight === flight) this.#flight = undefined;
    this.#failure = undefined;
    const { minTtl, maxTtl, negativeTtl, minRefresh } = this.#options.limits;
    const loadedAt = this.#now();
    const keepFor = negative
      ? Math.min(Math.max(ttl * 1_000, minRefresh), negativeTtl)
      : Math.min(Math.max(ttl * 1_000, minTtl), maxTtl);
    const expiresAt = loadedAt + keepFor;
    const refreshAt = expiresAt - Math.min(keepFor / 10, MOST_AHEAD);
    this.#entry = { value, negative, loadedAt, refreshAt, expiresAt };
    this.#options.onLoaded?.(value);
    return value;
  }

  #crash(flight: Flight<T>, error: unknown): never {
    flight.lifetime.release();
    // A load that was abandoned says nothing about the servers.
    if (this.#flight !== flight) throw error;
    this.#flight = undefined;
    this.#failure = { error, at: this.#now() };
    throw error;
  }

  /** The promise, unless the lifetime or the patience (ms) ends first. */
  #waitFor<V>(promise: Promise<V>, lifetime: Lifetime, patience?: number): Promise<V> {
    return lifetime.wait((resolve, reject) => {
      const giveUp = (): void => reject(LATE);
      const { clock } = this.#options;
      const clear = patience === undefined ? () => {} : clock.setTimeout(giveUp, patience);
      promise.then(resolve, reject);
      return clear;
    });
  }
}
