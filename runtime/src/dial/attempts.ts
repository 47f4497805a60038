import { type SrvAttempt, type SrvAttemptPhase, toError } from "../base/errors.ts";
import type { Connection, Endpoint } from "./attempt.ts";
import type { Cooldown } from "./cooldown.ts";

/** A lookup or connection under way or over. */
export interface Attempt {
  readonly host: string;
  /** Undefined while the host's addresses are not found. */
  readonly address: string | undefined;
  readonly port: number;
  phase: SrvAttemptPhase;
  error: Error | undefined;
  /** It was unfinished when its head start was over. */
  isSlow: boolean;
  /** Of a lookup: it has found addresses, and their attempts tell the rest. */
  isFound?: boolean;
}

/** What one dial has tried: for its error, and for what later dials try last. */
export class Attempts {
  readonly #cooldown: Cooldown;
  readonly #all: Attempt[] = [];

  constructor(cooldown: Cooldown) {
    this.#cooldown = cooldown;
  }

  begin({ host, address, port }: Endpoint): Attempt {
    const phase = "connect";
    // Field by field: to spread the endpoint took a tenth of a warm dial.
    const attempt: Attempt = { host, address, port, phase, error: undefined, isSlow: false };
    this.#all.push(attempt);
    return attempt;
  }

  /** A lookup that follows one of the same target, which found nothing, takes its place. */
  beginLookup({ host, port }: { host: string; port: number }): Attempt {
    const address = undefined;
    const phase = "lookup";
    const lookup: Attempt = { host, address, port, phase, error: undefined, isSlow: false };
    const before = this.#all.findIndex(
      (each) => isLookup(each) && each.host === host && each.port === port,
    );
    if (before === -1) this.#all.push(lookup);
    else this.#all[before] = lookup;
    return lookup;
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

  /** The head start of what was begun last is over. */
  headStartIsOver(): void {
    for (const each of this.#all) each.isSlow ||= each.error === undefined && !each.isFound;
  }

  /**
   * A target that had its head start, lookup included, and lost to a later one, is dialed last for a
   * while, as if it had failed. Else a lost host would cost every dial a head start.
   */
  passBy({ host, address, port }: Connection): void {
    for (const each of this.#all) {
      const isSame = each.host === host && each.port === port;
      if (isSame && each.address === address) return;
      if (!isSame && each.isSlow) this.#cooldown.failed(each);
    }
  }

  /** The deadline has passed: what is unfinished, and what failed, is dialed last for a while. */
  timedOut(): void {
    for (const each of this.#all) this.#cooldown.failed(each);
  }

  tally(): SrvAttempt[] {
    const told = this.#all.filter(({ isFound = false }) => !isFound);
    return told.map(({ host, address, port, phase, error }) => {
      return { host, address, port, phase, error: error ?? new Error(`unfinished (${phase})`) };
    });
  }
}

/** One that has found nothing. */
function isLookup({ address, isFound = false }: Attempt): boolean {
  return address === undefined && !isFound;
}
