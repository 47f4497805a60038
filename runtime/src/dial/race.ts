import type { Clock } from "../base/clock.ts";
import { Lifetime } from "../base/lifetime.ts";
import type { Connection, Endpoint } from "./attempt.ts";
import { interruptionOf } from "./deadline.ts";

/** The endpoints of one target, in parts: more follow as addresses are found. */
export type Candidate = AsyncIterable<readonly Endpoint[]>;

export interface RaceOptions {
  /** Head start in ms that each candidate and each attempt has before the next begins beside it. */
  readonly attemptDelay: number;
  readonly clock: Clock;
  /** Ends the race; every attempt under way is destroyed. */
  readonly lifetime: Lifetime;
  readonly attempt: (endpoint: Endpoint, lifetime: Lifetime) => Promise<Connection>;
  /** What has begun last has had its head start. */
  readonly onHeadStartOver: () => void;
}

/** Head starts after which silence no longer holds up the search for other targets. */
const DOUBTFUL_AFTER = 4;
/** How long in ms a connection that is not ready is held while others are tried. */
export const HOLD_TIME = 500;

const FASTER = new Error("another attempt was faster");

/**
 * Races candidates after RFC 8305, sections 3 and 5. A candidate's head start runs over its lookup
 * and its first attempt together. The next attempt or candidate begins when the head start is over,
 * or at once when one has failed. Addresses that are found later join. Earlier attempts keep running
 * beside later ones; the first to succeed wins, and the others are destroyed.
 *
 * A connection whose server is not ready is the runner-up: it wins when there is nothing else to
 * wait for, after {@link HOLD_TIME}, or at the deadline.
 */
export class Race {
  readonly #candidates: AsyncIterator<Candidate>;
  readonly #options: RaceOptions;
  /** Of all attempts. */
  readonly #attempts = new Lifetime();
  /** The endpoints of each candidate that have not begun. */
  readonly #waiting: Endpoint[][] = [];
  #searching = 0;
  #running = 0;
  #isPulling = false;
  #isExhausted = false;
  #isOver = false;
  /** Clears its timer. */
  #headStart: (() => void) | undefined;
  /** Of the candidate whose head start it is, while none of its attempts has begun. */
  #starter: Endpoint[] | undefined;
  #runnerUp: { readonly connection: Connection; readonly release: () => void } | undefined;
  #wake: (() => void) | undefined;
  #resolve: (winner: Connection | undefined) => void = () => {};
  #reject: (reason: unknown) => void = () => {};

  /** @param candidates pulled one by one when they are needed, so that no lookup is made for nothing */
  constructor(candidates: AsyncIterator<Candidate>, options: RaceOptions) {
    this.#candidates = candidates;
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
      if (this.#isOver) return;
      if (first === undefined) this.#next();
      else this.#begin(first);
    });
  }

  /**
   * Waits until everything has failed, or is silent for so long that it is doubtful: a lost host
   * refuses nothing. What is silent stays in the race.
   *
   * @returns whether more candidates are needed: false when the race is over, or has a runner-up
   */
  async needsMore(): Promise<boolean> {
    if (!this.#isIdle && !this.#isOver) {
      await new Promise<void>((resolve) => {
        const { clock, attemptDelay } = this.#options;
        const clear = clock.setTimeout(resolve, DOUBTFUL_AFTER * attemptDelay);
        this.#wake = () => {
          clear();
          resolve();
        };
      });
    }
    return !this.#isOver && this.#runnerUp === undefined;
  }

  get #isIdle(): boolean {
    return this.#searching === 0 && this.#running === 0 && this.#waiting.every(isEmpty);
  }

  /** Begins what comes next, unless a head start is under way. */
  #next(): void {
    if (this.#isOver || this.#headStart !== undefined) return;
    const endpoint = this.#waiting.find((endpoints) => !isEmpty(endpoints))?.shift();
    if (endpoint !== undefined) return this.#begin(endpoint);
    if (this.#isIdle) this.#wake?.();
    if (this.#isPulling) return;
    if (!this.#isExhausted) void this.#pull();
    else if (this.#isIdle) this.#finish(this.#runnerUp?.connection);
  }

  async #pull(): Promise<void> {
    this.#isPulling = true;
    try {
      const { done, value } = await this.#candidates.next();
      this.#isPulling = false;
      if (this.#isOver) return;
      if (done === true) this.#isExhausted = true;
      else void this.#follow(value);
      this.#next();
    } catch (error) {
      this.#abort(error);
    }
  }

  /** Lets the endpoints of a candidate join as they are found. */
  async #follow(candidate: Candidate): Promise<void> {
    const waiting: Endpoint[] = [];
    this.#waiting.push(waiting);
    this.#giveHeadStart(waiting);
    this.#searching++;
    try {
      for await (const endpoints of candidate) {
        waiting.push(...endpoints);
        // Within its head start the first begins at once, and the head start goes on.
        if (this.#starter === waiting) this.#run(waiting.shift());
        else this.#next();
      }
    } catch (error) {
      this.#abort(error);
    }
    this.#searching--;
    if (this.#starter === waiting) this.#endHeadStart();
    this.#next();
  }

  #begin(endpoint: Endpoint): void {
    this.#giveHeadStart();
    this.#run(endpoint);
  }

  #giveHeadStart(starter?: Endpoint[]): void {
    this.#starter = starter;
    const { clock, attemptDelay, onHeadStartOver } = this.#options;
    this.#headStart = clock.setTimeout(() => {
      onHeadStartOver();
      this.#endHeadStart();
      this.#next();
    }, attemptDelay);
  }

  #endHeadStart(): void {
    this.#headStart?.();
    this.#headStart = undefined;
    this.#starter = undefined;
  }

  #run(endpoint: Endpoint | undefined): void {
    if (endpoint === undefined) return;
    this.#starter = undefined;
    this.#running++;
    this.#options.attempt(endpoint, this.#attempts).then(
      (connection) => this.#succeed(connection),
      () => this.#fail(),
    );
  }

  #succeed(connection: Connection): void {
    this.#running--;
    if (this.#isOver) connection.socket.destroy();
    else if (connection.isReady) this.#finish(connection);
    else {
      this.#hold(connection);
      this.#endHeadStart();
      this.#next();
    }
  }

  #fail(): void {
    this.#running--;
    this.#endHeadStart();
    this.#next();
  }

  /** The first that is not ready is held; a second one is no better. */
  #hold(connection: Connection): void {
    const { socket } = connection;
    if (this.#runnerUp !== undefined) return void socket.destroy();
    const clear = this.#options.clock.setTimeout(() => this.#finish(connection), HOLD_TIME);
    const onClose = (): void => {
      release();
      this.#runnerUp = undefined;
      this.#next();
    };
    socket.on("error", ignore).on("close", onClose);
    const release = (): void => {
      clear();
      socket.off("error", ignore).off("close", onClose);
    };
    this.#runnerUp = { connection, release };
  }

  readonly #onEnd = (reason: Error): void => {
    const isLate = interruptionOf(this.#options.lifetime)?.code === "ERR_SRV_TIMEOUT";
    if (isLate && this.#runnerUp !== undefined) this.#finish(this.#runnerUp.connection);
    else this.#abort(reason);
  };

  #abort(reason: unknown): void {
    this.#end();
    this.#reject(reason);
  }

  #finish(winner: Connection | undefined): void {
    this.#end(winner);
    this.#resolve(winner);
  }

  /** Ends everything but the winner. */
  #end(winner?: Connection): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#endHeadStart();
    const { lifetime } = this.#options;
    lifetime.offEnd(this.#onEnd);
    this.#attempts.end(lifetime.reason ?? FASTER);
    const held = this.#runnerUp;
    held?.release();
    if (held?.connection !== winner) held?.connection.socket.destroy();
    this.#wake?.();
  }
}

/** Its close follows. */
function ignore(): void {}

function isEmpty({ length }: readonly unknown[]): boolean {
  return length === 0;
}
