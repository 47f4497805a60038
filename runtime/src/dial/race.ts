import { Lifetime } from "../base/lifetime.ts";
import type { Connection, Endpoint } from "./attempt.ts";

export interface RaceOptions {
  /** Head start in ms that each attempt has before the next begins beside it. */
  readonly attemptDelay: number;
  /** Ends the race; every attempt under way is destroyed. */
  readonly lifetime: Lifetime;
  readonly attempt: (endpoint: Endpoint, lifetime: Lifetime) => Promise<Connection>;
}

/** Head starts after which a silent attempt no longer holds up the search for other targets. */
const DOUBTFUL_AFTER = 4;

/**
 * Races endpoints after RFC 8305, section 5: an attempt begins when the one before has had its head
 * start, or at once when one has failed. Earlier attempts keep running beside later ones. The first
 * to succeed wins, the others are destroyed.
 */
export class Race {
  readonly #endpoints: AsyncIterator<Endpoint>;
  readonly #options: RaceOptions;
  /** Of all attempts. */
  readonly #attempts = new Lifetime();
  #running = 0;
  #isPulling = false;
  #isOver = false;
  #headStart: NodeJS.Timeout | undefined;
  #wake: (() => void) | undefined;
  #resolve: (winner: Connection | undefined) => void = () => {};
  #reject: (reason: unknown) => void = () => {};

  /** @param endpoints pulled one by one when they are needed, so that no lookup is made for nothing */
  constructor(endpoints: AsyncIterator<Endpoint>, options: RaceOptions) {
    this.#endpoints = endpoints;
    this.#options = options;
  }

  /**
   * @param first tried before the others, at once
   * @returns the winner, or undefined when every endpoint has failed; `attempt` knows why
   */
  run(first?: Endpoint): Promise<Connection | undefined> {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#options.lifetime.onEnd(this.#onEnd);
      if (first === undefined || this.#isOver) void this.#next();
      else this.#begin(first);
    });
  }

  /**
   * Waits until every attempt has failed, or is silent for so long that its target is doubtful: a
   * lost host refuses nothing. Silent attempts stay in the race.
   *
   * @returns whether more endpoints are needed: false when the race is over
   */
  async needsMore(): Promise<boolean> {
    if (this.#running > 0 && !this.#isOver) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, DOUBTFUL_AFTER * this.#options.attemptDelay);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return !this.#isOver;
  }

  async #next(): Promise<void> {
    if (this.#isOver || this.#isPulling) return;
    const endpoint = await this.#pull();
    if (this.#isOver) return;
    if (endpoint !== undefined) this.#begin(endpoint);
    else if (this.#running === 0) this.#finish(() => this.#resolve(undefined));
  }

  async #pull(): Promise<Endpoint | undefined> {
    this.#isPulling = true;
    try {
      const { done, value } = await this.#endpoints.next();
      return done === true ? undefined : value;
    } catch (error) {
      this.#finish(() => this.#reject(error));
      return undefined;
    } finally {
      this.#isPulling = false;
    }
  }

  #begin(endpoint: Endpoint): void {
    const { attemptDelay } = this.#options;
    this.#headStart = setTimeout(() => void this.#next(), attemptDelay);
    void this.#run(endpoint);
  }

  async #run(endpoint: Endpoint): Promise<void> {
    this.#running++;
    try {
      const connection = await this.#options.attempt(endpoint, this.#attempts);
      this.#running--;
      if (this.#isOver) connection.socket.destroy();
      else this.#finish(() => this.#resolve(connection));
    } catch {
      this.#running--;
      if (this.#running === 0) this.#wake?.();
      clearTimeout(this.#headStart);
      void this.#next();
    }
  }

  readonly #onEnd = (reason: Error): void => this.#finish(() => this.#reject(reason));

  #finish(settle: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#headStart);
    const { lifetime } = this.#options;
    lifetime.offEnd(this.#onEnd);
    if (this.#running > 0) {
      this.#attempts.end(lifetime.reason ?? new Error("another attempt was faster"));
    }
    this.#wake?.();
    settle();
  }
}
