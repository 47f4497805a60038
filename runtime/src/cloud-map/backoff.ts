import type { Clock } from "../base/clock.ts";

/** What the API says when its account asks too often: its own error, and those of any AWS API. */
const THROTTLED = ["RequestLimitExceeded", "ThrottlingException", "Throttling"];
/** Mean pause in ms after the first such error; each further one in a row doubles it. */
const FIRST = 1_000;
/** Longer ones would keep a process from the API for longer than DNS takes. */
const LONGEST = 4_000;

/**
 * A pause after the API was asked too often. Its quota is shared by a whole account in a region: 1000
 * calls a second, which a thousand processes reach that look for one Redis. Without pauses each of
 * them would go on to call once a second, and hold up every other caller of the account.
 */
export class Backoff {
  readonly #clock: Clock;
  readonly #random: () => number;
  #throttled = 0;
  #error: unknown;
  #until = Number.NEGATIVE_INFINITY;

  /** @param random numbers in [0, 1): processes that were turned away together come back apart */
  constructor(clock: Clock, random: () => number) {
    this.#clock = clock;
    this.#random = random;
  }

  /** @throws the API's error, while the pause after it lasts; no one waits for the end of the pause */
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
