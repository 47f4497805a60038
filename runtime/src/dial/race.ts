import type { Clock } from "../base/clock.ts";
import { Lifetime } from "../base/lifetime.ts";
import type { Connection, Endpoint } from "./attempt.ts";
import { interruptionOf } from "./deadline.ts";

/** The endpoints of one target, yielded as its addresses are found. */
export type Candidate = AsyncIterable<readonly Endpoint[]>;

export interface RaceOptions {
  /** Head start in ms of each candidate and each attempt before the next one starts in parallel. */
  readonly attemptDelay: number;
  readonly clock: Clock;
  /** Its end aborts the race and destroys all running attempts. */
  readonly lifetime: Lifetime;
  readonly attempt: (endpoint: Endpoint, lifetime: Lifetime) => Promise<Connection>;
  /** Called at the end of the last attempt's head start. */
  readonly onHeadStartOver: () => void;
}

/** After this many head starts without a result, the search for other targets continues. */
const DOUBTFUL_AFTER = 4;
/** How long in ms a connection to a server that is not ready is kept while others are tried. */
export const HOLD_TIME = 500;

const FASTER = new Error("another attempt was faster");

/**
 * Races candidates as in RFC 8305, sections 3 and 5. A candidate's head start covers its lookup and
 * its first attempt together. The next attempt or candidate starts when the head start is over, or
 * immediately after a failure. Addresses that are found later join the race. Earlier attempts continue
 * in parallel; the first success wins, and the others are destroyed.
 *
 * A connection to a server that is not ready becomes the runner-up: it wins if there is nothing else
 * to wait for, after {@link HOLD_TIME}, or at the deadline.
 */
export class Race {
  readonly #candidates: AsyncIterator<Candidate>;
  readonly #options: RaceOptions;
  /** The lifetime of all attempts. */
  readonly #attempts = new Lifetime();
  /** The endpoints of each candidate that have not been tried yet. */
  readonly #waiting: Endpoint[][] = [];
  #searching = 0;
  #running = 0;
  #isPulling = false;
  #isExhausted = false;
  #isOver = false;
  /** Clears the timer of the current head start; undefined if there is none. */
  #headStart: (() => void) | undefined;
  /** The candidate that has the head start, until its first attempt starts. */
  #starter: Endpoint[] | undefined;
  #runnerUp: { readonly connection: Connection; readonly release: () => void } | undefined;
  #wake: (() => void) | undefined;
  #resolve: (winner: Connection | undefined) => void = () => {};
  #reject: (reason: unknown) => void = () => {};

  /** @param candidates pulled one by one, only when needed, to avoid useless lookups */
  constructor(candidates: AsyncIterator<Candidate>, options: RaceOptions) {
    this.#candidates = candidates;
    this.#options = options;
  }

  /**
   * @param first tried immediately, before the candidates
   * @returns the winner, or undefined if every endpoint has failed; `attempt` has seen the errors
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
   * Waits until everything has failed, or has given no result for so long that it probably will not: a
   * lost host does not refuse connections. Silent attempts stay in the race.
   *
   * @returns whether more candidates are needed: false if the race is over or has a runner-up
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

  /** Starts the next attempt or candidate, unless a head start is running. */
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

  /** Adds the endpoints of a candidate to the race as they are found. */
  async #follow(candidate: Candidate): Promise<void> {
    const waiting: Endpoint[] = [];
    this.#waiting.push(waiting);
    this.#giveHeadStart(waiting);
    this.#searching++;
    try {
      for await (const endpoints of candidate) {
        waiting.push(...endpoints);
        // During its head start, the first endpoint starts immediately, and the head start continues.
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

  /** Keeps the first connection to a server that is not ready, and destroys further ones. */
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

  /** Ends everything except the winner. */
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

/** For errors that `close` follows. */
function ignore(): void {}

function isEmpty({ length }: readonly unknown[]): boolean {
  return length === 0;
}
