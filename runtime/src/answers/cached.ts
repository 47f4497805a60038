import { type Clock, Lifetime } from "../base/time.ts";
import type { CacheOptions } from "../base/types.ts";

/** A loaded value, and how long its source allows it to be cached. */
export interface Loaded<T> {
  readonly value: T;
  /** Seconds, as given by the source. */
  readonly ttl: number;
  /** True for a negative answer: nothing exists. */
  readonly negative: boolean;
}

export interface CachedRead<T> {
  readonly value: T;
  /** `fresh`: loaded for this read; `cached`: within its TTL; `stale`: past its TTL. */
  readonly origin: "fresh" | "cached" | "stale";
}

export interface CachedOptions<T> {
  /** Loads the value. The lifetime ends when nobody waits any more, or after `loadTimeout`. */
  readonly load: (lifetime: Lifetime) => Promise<Loaded<T>>;
  readonly limits: Readonly<Required<CacheOptions>>;
  /** Minimum time in ms between two loads: after one that failed, and after a negative answer. */
  readonly pause: number;
  /** Deadline in ms for one load. */
  readonly loadTimeout: number;
  /** Whether a value in use is loaded again before it expires. */
  readonly prefetch: boolean;
  /** @param hadFailed whether the load before has failed */
  readonly onLoaded?: (value: T, hadFailed: boolean) => void;
  readonly clock: Clock;
}

/** Clears the timer of a value that was garbage-collected: one for each dialer that no one closes. */
const collected = /* @__PURE__ */ new FinalizationRegistry<() => void>((clear) => clear());

/** Why a load is cancelled if its last reader gave no reason. */
const UNWANTED = new Error("no one waits for it");
const LATE = new Error("no answer in time");
/** How long in ms a reader waits for a new answer while an expired one exists (RFC 8767, section 5). */
const STALE_AFTER = 1_800;
/** Minimum time in ms between two background loads, while loading fails. */
const RECHECK_AFTER = 1_000;
/**
 * Minimum age in ms of an answer, from its query on, before a call that has found nothing at its targets asks again:
 * under ten queries in any second.
 */
export const YOUNGEST = 112;
/** A load that is abandoned after this time in ms counts as failed: its source is silent. */
const SILENT_AFTER = 1_000;
/** How long in ms after a failed load the source counts as failing. A value in use is loaded more often. */
const FAILING_FOR = 5_000;
/** A value in use is loaded again in the last tenth of its time, at most this many ms before it expires. */
const MOST_AHEAD = 2_000;

interface Entry<T> {
  readonly value: T;
  readonly negative: boolean;
  /** When its load began. A load that takes long must not make the value look younger than what it says. */
  readonly askedAt: number;
  /** From this time on, a value in use is loaded again. */
  readonly refreshAt: number;
  readonly expiresAt: number;
}

interface Flight<T> {
  readonly promise: Promise<T>;
  readonly lifetime: Lifetime;
  waiting: number;
}

/**
 * One value that is loaded when needed and cached for its TTL. Readers share one load at a time. A value in use is
 * loaded again shortly before it expires, so that no reader has to wait. An expired value is used only while no new one
 * is available (RFC 8767); in that time, loads run in the background, at most one per second.
 */
export class Cached<T> {
  readonly #options: CachedOptions<T>;
  #entry: Entry<T> | undefined;
  /** The error of the last load, if it failed. */
  #failure: { readonly error: unknown; readonly at: number } | undefined;
  /** When the last load was abandoned that had been silent. */
  #silentAt = Number.NEGATIVE_INFINITY;
  #flight: Flight<T> | undefined;
  #departedAt = Number.NEGATIVE_INFINITY;
  /** Clears the timer of the next load; set while the value is in use. */
  #clearRefresh: (() => void) | undefined;
  #isStopped = false;

  constructor(options: CachedOptions<T>) {
    this.#options = options;
  }

  /** Whether the source is failing: a load has just failed, or has been running for too long. */
  get isFailing(): boolean {
    const failedAt = Math.max(this.#failure?.at ?? this.#silentAt, this.#silentAt);
    if (this.#now() < failedAt + FAILING_FOR) return true;
    return this.#flight !== undefined && this.#now() >= this.#departedAt + STALE_AFTER;
  }

  /** Milliseconds until the value expires; 0 when there is none. */
  get expiresIn(): number {
    return Math.max(0, (this.#entry?.expiresAt ?? 0) - this.#now());
  }

  /**
   * The value, from the cache or newly loaded. Counts as a use.
   * @param maxAge ms; the cached value is used only when its load began less than this ago; 0 always loads it
   * @default its TTL
   * @returns no promise if the value is cached
   */
  read(lifetime: Lifetime, maxAge?: number): CachedRead<T> | Promise<CachedRead<T>> {
    return this.kept(maxAge) ?? this.#loadOrServe(lifetime, maxAge);
  }

  /**
   * The cached value, if it may be used without a load. Counts as a use.
   * @param isFailing whether the source fails: readers do not wait for it, and get a value that has expired
   */
  kept(maxAge?: number, isFailing?: boolean): CachedRead<T> | undefined {
    const entry = this.#entry;
    if (entry === undefined) return undefined;
    const now = this.#now();
    const isUsable =
      maxAge === undefined
        ? now < entry.expiresAt || (this.#mayServe(entry, now) && (isFailing ?? this.isFailing))
        : now - entry.askedAt < maxAge;
    // A value that is too young for another load is not stale.
    return isUsable ? this.#serve(entry, now, maxAge !== undefined) : undefined;
  }

  /** Stops reloading the value ahead of its expiry. */
  stop(): void {
    this.#isStopped = true;
    this.#stopRefresh();
  }

  /** Like `stop`, and also cancels a running load: its readers get the reason as rejection. */
  close(reason: Error): void {
    this.stop();
    this.#flight?.lifetime.end(reason);
  }

  async #loadOrServe(lifetime: Lifetime, maxAge: number | undefined): Promise<CachedRead<T>> {
    try {
      const value = await this.#load(lifetime, maxAge);
      if (this.#entry !== undefined) this.#keepFresh(this.#entry, this.#now());
      return { value, origin: "fresh" };
    } catch (error) {
      const now = this.#now();
      if (lifetime.reason !== undefined || !this.#mayServe(this.#entry, now)) throw error;
      return this.#serve(this.#entry, now);
    }
  }

  #serve(entry: Entry<T>, now: number, isYoung = false): CachedRead<T> {
    this.#keepFresh(entry, now);
    return { value: entry.value, origin: isYoung || now < entry.expiresAt ? "cached" : "stale" };
  }

  /** Whether it may be used while no server answers. A negative answer never may. */
  #mayServe(entry: Entry<T> | undefined, now: number): entry is Entry<T> {
    if (entry === undefined || entry.negative) return false;
    return now < entry.expiresAt + this.#options.limits.maxStale;
  }

  /** Called when the value is used: schedules a reload before it expires. */
  #keepFresh({ negative, refreshAt, expiresAt }: Entry<T>, now: number): void {
    if (this.#clearRefresh !== undefined || this.#flight !== undefined || this.#isStopped) return;
    const hasFailed = this.#failure !== undefined;
    const isAhead = expiresAt > refreshAt && this.#options.prefetch;
    if (negative || !(isAhead || hasFailed)) return;
    const at = hasFailed ? Math.max(refreshAt, this.#departedAt + RECHECK_AFTER) : refreshAt;
    // The timer must not keep this object in memory, and must not be left when it is collected.
    const self = new WeakRef<Cached<T>>(this);
    const loadAhead = (): void => {
      const cached = self.deref();
      if (cached !== undefined) cached.#depart();
    };
    this.#clearRefresh = this.#options.clock.setTimeout(loadAhead, at - now);
    collected.register(this, this.#clearRefresh, this);
  }

  #now(): number {
    return this.#options.clock.now();
  }

  #stopRefresh(): void {
    if (this.#clearRefresh === undefined) return;
    collected.unregister(this);
    this.#clearRefresh();
    this.#clearRefresh = undefined;
  }

  async #load(lifetime: Lifetime, maxAge: number | undefined): Promise<T> {
    if (lifetime.reason !== undefined) throw lifetime.reason;
    const now = this.#now();
    const failure = this.#failure;
    const isKept = this.#mayServe(this.#entry, now);
    const pause = isKept ? RECHECK_AFTER : this.#options.pause;
    // Do not ask a source again that has just failed: callers may retry faster than it recovers.
    if (maxAge !== 0 && failure !== undefined && now < failure.at + pause) throw failure.error;
    const flight = this.#flight ?? this.#depart();
    // If there is an old value, later readers do not wait again for a load that is already this slow.
    const patience = isKept ? this.#departedAt + STALE_AFTER - now : undefined;
    flight.waiting++;
    try {
      return await this.#waitFor(flight.promise, lifetime, patience);
    } finally {
      flight.waiting--;
      // If there is an old value, the load continues in the background for the next reader.
      if (flight.waiting === 0 && !isKept && this.#flight === flight) {
        this.#flight = undefined;
        if (this.#now() >= this.#departedAt + SILENT_AFTER) this.#silentAt = this.#now();
        flight.lifetime.end(lifetime.reason ?? UNWANTED);
      }
    }
  }

  #depart(): Flight<T> {
    this.#stopRefresh();
    this.#departedAt = this.#now();
    const lifetime = new Lifetime();
    const { loadTimeout, load, clock } = this.#options;
    lifetime.endAfter(loadTimeout, clock, () => new Error(`no answer within ${loadTimeout} ms`));
    const promise = this.#waitFor(load(lifetime), lifetime).then(
      (loaded) => this.#arrive(flight, loaded),
      (error: unknown) => this.#crash(flight, error),
    );
    // All of its readers may be gone: avoid an unhandled rejection.
    promise.catch(() => {});
    const flight: Flight<T> = { promise, lifetime, waiting: 0 };
    return (this.#flight = flight);
  }

  #arrive(flight: Flight<T>, { value, ttl, negative }: Loaded<T>): T {
    flight.lifetime.release();
    if (this.#flight === flight) this.#flight = undefined;
    const hadFailed = this.#failure !== undefined;
    this.#failure = undefined;
    this.#silentAt = Number.NEGATIVE_INFINITY;
    const { minTtl, maxTtl, negativeTtl } = this.#options.limits;
    const { pause } = this.#options;
    const keepFor = negative
      ? Math.max(Math.min(ttl * 1_000, negativeTtl), pause)
      : Math.min(Math.max(ttl * 1_000, minTtl), maxTtl);
    const expiresAt = this.#now() + keepFor;
    const refreshAt = expiresAt - Math.min(keepFor / 10, MOST_AHEAD);
    this.#entry = { value, negative, askedAt: this.#departedAt, refreshAt, expiresAt };
    this.#options.onLoaded?.(value, hadFailed);
    return value;
  }

  #crash(flight: Flight<T>, error: unknown): never {
    flight.lifetime.release();
    // An abandoned load says nothing about the servers.
    if (this.#flight === flight) {
      this.#flight = undefined;
      this.#failure = { error, at: this.#now() };
    }
    throw error;
  }

  /** Waits for the promise; rejects when the lifetime or the patience (ms) ends first. */
  #waitFor<V>(promise: Promise<V>, lifetime: Lifetime, patience?: number): Promise<V> {
    return lifetime.wait((resolve, reject) => {
      promise.then(resolve, reject);
      if (patience === undefined) return () => {};
      return this.#options.clock.setTimeout(() => reject(LATE), patience);
    });
  }
}
