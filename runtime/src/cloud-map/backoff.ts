import type { Clock } from "../base/clock.ts";

/** Names of throttling errors: the API's own, and those of AWS APIs in general. */
const THROTTLED = ["RequestLimitExceeded", "ThrottlingException", "Throttling"];
/** Mean pause in ms after the first such error; each further error in a row doubles it. */
const FIRST = 1_000;
/** Maximum mean pause in ms: with longer ones, DNS would have the new answer first. */
const LONGEST = 4_000;

/**
 * Pauses calls after throttling. The quota is shared by the whole account in a region: 1000 calls a
 * second, which a thousand processes reach when they look for one Redis. Without pauses, each of them
 * would continue to call once a second, and block every other caller in the account.
 */
export class Backoff {
  readonly #clock: Clock;
  readonly #random: () => number;
  #throttled = 0;
  #error: unknown;
  #until = Number.NEGATIVE_INFINITY;

  /** @param random numbers in [0, 1), so that processes that were throttled together do not retry together */
  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** @throws the API's error; also without a call during the pause after it */
  async run<T>(call: () => Promise<T>): Promise<T> {
    if (this.#clock.now() < this.#until) throw this.#error;
    try {
      const outcome = await call();
      this.#throttled = 0;
      return outcome;
    } catch (error) {
      if (isThrottled(error)) this.#pause(error);
      throw error;
    }
  }

  #pause(error: unknown): void {
    const mean = Math.min(FIRST * 2 ** this.#throttled, LONGEST);
    this.#throttled++;
    this.#error = error;
    this.#until = this.#clock.now() + mean * (0.5 + this.#random());
  }
}

function isThrottled(error: unknown): boolean {
  return error instanceof Error && THROTTLED.includes(error.name);
}
