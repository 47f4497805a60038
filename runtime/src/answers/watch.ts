import type { Clock } from "../base/time.ts";
import { hasCode } from "../base/errors.ts";
import { Lifetime } from "../base/time.ts";
import type { SrvTarget } from "../base/types.ts";

export interface WatchOptions {
  /** Gives the current targets. `stop` cancels it. */
  readonly read: (lifetime: Lifetime) => Promise<readonly SrvTarget[]>;
  /** Milliseconds until the next read. */
  readonly nextIn: () => number;
  readonly listener: (targets: SrvTarget[]) => void;
  readonly clock: Clock;
}

/** Minimum time in ms between two reads, even if the TTL is shorter. */
export const MIN_INTERVAL = 100;
/** Time in ms between two reads without a cache. */
export const UNCACHED_INTERVAL = 1_000;
const GONE = ["ERR_SRV_NO_RECORDS", "ERR_SRV_UNAVAILABLE"] as const;
const STOPPED = new Error("the watch is stopped");

/** Reads the targets whenever they expire, and calls the listener when the set has changed. */
export class Watch {
  readonly #options: WatchOptions;
  #clearTimer: (() => void) | undefined;
  #known: string | undefined;
  #isReading = false;
  /** Whether another call got an answer while this one was reading. */
  #isPoked = false;
  readonly #lifetime = new Lifetime();

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** Reads now: at the start, and after another call got a new answer. */
  poke(): void {
    if (this.#lifetime.reason !== undefined) return;
    this.#isPoked = this.#isReading;
    if (this.#isReading) return;
    this.#clearTimer?.();
    void this.#poll();
  }

  stop(): void {
    this.#lifetime.end(STOPPED);
    this.#clearTimer?.();
  }

  async #poll(): Promise<void> {
    this.#isReading = true;
    const targets = await this.#options
      .read(this.#lifetime)
      .catch((error: unknown) => (hasCode(error, ...GONE) ? [] : undefined));
    this.#isReading = false;
    // Ignore an answer that arrives after `stop`.
    if (this.#lifetime.reason !== undefined) return;
    const { clock, nextIn } = this.#options;
    const ms = this.#isPoked ? MIN_INTERVAL : nextIn();
    this.#isPoked = false;
    this.#clearTimer = clock.setTimeout(() => void this.#poll(), ms);
    if (targets !== undefined) this.#notify(targets);
  }

  #notify(targets: readonly SrvTarget[]): void {
    const known = fingerprint(targets);
    if (known === this.#known) return;
    this.#known = known;
    try {
      this.#options.listener([...targets]);
    } catch (error) {
      // An error in the listener becomes an uncaught exception, and watching continues.
      queueMicrotask(() => {
        throw error;
      });
    }
  }
}

/** Equal for equal sets of targets, regardless of their order and of the TTLs. */
function fingerprint(targets: readonly SrvTarget[]): string {
  const each = targets.map(({ host, port, priority, weight, addresses = [] }) =>
    JSON.stringify([host.toLowerCase(), port, priority, weight, addresses.toSorted()]),
  );
  return each.toSorted().join();
}
