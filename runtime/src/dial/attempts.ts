import { type SrvAttempt, type SrvAttemptPhase, toError } from "../base/errors.ts";
import type { Connection, Endpoint } from "./attempt.ts";
import type { Cooldown } from "./cooldown.ts";

/** A running or finished lookup or connection attempt. */
export interface Attempt {
  readonly host: string;
  /** Undefined until the host's addresses are found. */
  readonly address: string | undefined;
  readonly port: number;
  phase: SrvAttemptPhase;
  error: Error | undefined;
  /** True if it was unfinished at the end of its head start. */
  isSlow: boolean;
  /** For a lookup: true if it found addresses, which have attempts of their own. */
  isFound?: boolean;
}

/** What one dial has tried: used for its error, and for the cooldown of failed targets. */
export class Attempts {
  readonly #cooldown: Cooldown;
  readonly #all: Attempt[] = [];

  constructor(cooldown: Cooldown) {
    this.#cooldown = cooldown;
  }

  begin({ host, address, port }: Endpoint): Attempt {
    const phase = "connect";
    // Field by field: spreading the endpoint took a tenth of the time of a warm dial.
    const attempt: Attempt = { host, address, port, phase, error: undefined, isSlow: false };
    this.#all.push(attempt);
    return attempt;
  }

  /** Starts a lookup. It replaces an earlier lookup of the same target that found nothing. */
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

  /** Called at the end of a head start: marks unfinished attempts as slow. */
  headStartIsOver(): void {
    for (const each of this.#all) each.isSlow ||= each.error === undefined && !each.isFound;
  }

  /**
   * Puts targets that used up their head start and lost to another target into the cooldown, as if they
   * had failed. Otherwise a lost host would delay every dial by a head start.
   */
  passBy({ host, address, port }: Connection): void {
    for (const each of this.#all) {
      const isSame = each.host === host && each.port === port;
      if (isSame && each.address === address) return;
      if (!isSame && each.isSlow) this.#cooldown.failed(each);
    }
  }

  /** Called at the deadline: puts unfinished and failed targets into the cooldown. */
  timedOut(): void {
    for (const each of this.#all) this.#cooldown.failed(each);
  }

  tally(): SrvAttempt[] {
    const shown = this.#all.filter(({ isFound = false }) => !isFound);
    return shown.map(({ host, address, port, phase, error }) => {
      return { host, address, port, phase, error: error ?? new Error(`unfinished (${phase})`) };
    });
  }
}

/** Whether it is a lookup that has found nothing. */
function isLookup({ address, isFound = false }: Attempt): boolean {
  return address === undefined && !isFound;
}
