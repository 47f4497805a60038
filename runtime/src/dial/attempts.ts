import { type SrvAttempt, type SrvAttemptPhase, toError } from "../base/errors.ts";
import type { Connection, Endpoint } from "./attempt.ts";
import type { Cooldown } from "./cooldown.ts";

/** A lookup or connection under way or over. */
export interface Attempt {
  readonly host: string;
  /** Undefined while the host's addresses are not found. */
  readonly address: string | undefined;
  readonly port: number;
  /** On the clock of performance.now. */
  readonly startedAt: number;
  phase: SrvAttemptPhase;
  error: Error | undefined;
}

/** What one dial has tried: for its error, and for what later dials try last. */
export class Attempts {
  readonly #cooldown: Cooldown;
  readonly #all: Attempt[] = [];

  constructor(cooldown: Cooldown) {
    this.#cooldown = cooldown;
  }

  begin({ host, address, port }: Endpoint): Attempt {
    const startedAt = performance.now();
    // Field by field: to spread the endpoint took a tenth of a warm dial.
    const attempt: Attempt = { host, address, port, startedAt, phase: "connect", error: undefined };
    this.#all.push(attempt);
    return attempt;
  }

  /** A lookup that follows one of the same target takes its place. */
  beginLookup({ host, port }: { host: string; port: number }): Attempt {
    const startedAt = performance.now();
    const lookup: Attempt = {
      host,
      address: undefined,
      port,
      startedAt,
      phase: "lookup",
      error: undefined,
    };
    const isSame = (each: Attempt): boolean =>
      each.address === undefined && each.host === host && each.port === port;
    const before = this.#all.findIndex(isSame);
    if (before === -1) this.#all.push(lookup);
    else this.#all[before] = lookup;
    return lookup;
  }

  /** The lookup has found addresses: their attempts tell the rest. */
  found(lookup: Attempt): void {
    const index = this.#all.indexOf(lookup);
    if (index !== -1) this.#all.splice(index, 1);
  }

  failed(attempt: Attempt, error: unknown): void {
    attempt.error = toError(error);
    this.#cooldown.failed(attempt);
  }

  succeeded(attempt: Attempt): void {
    this.#cooldown.succeeded(attempt);
  }

  isTried(address: string, port: number): boolean {
    return this.#all.some((each) => each.address === address && each.port === port);
  }

  /**
   * A target that had its head start, and lost to a later one, is dialed last for a while, as if it
   * had failed. Else a lost host would cost every dial a head start.
   */
  passBy({ host, address, port }: Connection, attemptDelay: number): void {
    // Timers may be a millisecond early.
    const begun = performance.now() - attemptDelay + 1;
    for (const each of this.#all) {
      const isSame = each.host === host && each.port === port;
      if (isSame && each.address === address) return;
      if (!isSame && each.startedAt <= begun) this.#cooldown.failed(each);
    }
  }

  /** The deadline has passed: what is unfinished, and what failed, is dialed last for a while. */
  timedOut(): void {
    for (const each of this.#all) this.#cooldown.failed(each);
  }

  tally(): SrvAttempt[] {
    return this.#all.map(({ host, address, port, phase, error }) => {
      return { host, address, port, phase, error: error ?? new Error(`unfinished (${phase})`) };
    });
  }
}
