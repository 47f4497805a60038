import type { Clock } from "../base/clock.ts";
import { Lifetime, interruptionOf } from "../base/lifetime.ts";
import type { Connection, Endpoint } from "./attempt.ts";

/** One target in a race. */
export interface Candidate<E extends Endpoint = Endpoint> {
  /** ms of each of its attempts, the first one including the lookup, before the next attempt starts in parallel. */
  readonly headStart: number;
  /**
   * Passes its endpoints to `found` as its addresses are found.
   *
   * @returns a promise that resolves when there are no more; none if all were known
   */
  readonly find: (found: (endpoints: readonly E[]) => void) => Promise<void> | undefined;
}

export interface RaceOptions<E extends Endpoint = Endpoint> {
  readonly clock: Clock;
  /** Its end aborts the race and destroys all running attempts. */
  readonly lifetime: Lifetime;
  readonly attempt: (endpoint: E, lifetime: Lifetime) => Promise<Connection>;
  /** Called whenever a head start runs out. */
  readonly onHeadStartOver: () => void;
}

/** How long in ms a connection to a server that is not ready is kept while others are tried. */
export const HOLD_TIME = 500;

const FASTER = new Error("another attempt was faster");

/**
 * Races candidates as in RFC 8305, sections 3 and 5. A candidate's head start covers its lookup and
 * its first attempt together. The next attempt or candidate starts when the head start is over, or
 * immediately after a failure. Earlier attempts continue in parallel; the first success wins, and the
 * others are destroyed. Candidates may be added until the race is over.
 *
 * A connection to a server that is not ready becomes the runner-up: it wins if everything else has failed,
 * after {@link HOLD_TIME}, or at the deadline.
 */
export class Race<E extends Endpoint = Endpoint> {
  /** The winner; undefined if everything has failed, after {@link endWhenIdle}. */
  readonly winner: Promise<Connection | undefined>;
  /** Of all attempts; ends with the race. */
  readonly lifetime = new Lifetime();
  readonly #options: RaceOptions<E>;
  readonly #candidates: Candidate<E>[] = [];
  /** Found, and not yet started. */
  readonly #endpoints: { readonly endpoint: E; readonly headStart: number }[] = [];
  #lookingUp = 0;
  #running = 0;
  #isOver = false;
  #endsWhenIdle = false;
  /** Clears the timer of the current head start; undefined if there is none. */
  #headStart: (() => void) | undefined;
  #runnerUp: { readonly connection: Connection; readonly release: () => void } | undefined;
  #onSpent: ((isOver: boolean) => void) | undefined;
  #resolve: (winner: Connection | undefined) => void = () => {};
  #reject: (reason: unknown) => void = () => {};

  constructor(options: RaceOptions<E>) {
    this.#options = options;
    this.winner = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    options.lifetime.onEnd(this.#onEnd);
  }

  /**
   * Adds candidates, and starts them in turn.
   *
   * @returns false once nothing is left to start: everything has failed, or had its head start without success,
   * as with a lost host, which does not refuse connections; true once the race is over
   */
  run(candidates: readonly Candidate<E>[]): Promise<boolean> {
    return new Promise((resolve) => {
      this.#onSpent = resolve;
      if (this.#isOver) return this.#spent(true);
      this.#candidates.push(...candidates);
      this.#next();
    });
  }

  /** Ends the race without a winner once everything has failed. */
  endWhenIdle(): void {
    this.#endsWhenIdle = true;
    this.#next();
  }

  abort(reason: unknown): void {
    this.#end();
    this.#reject(reason);
  }

  /** Starts the next attempt or candidate, unless a head start is running. */
  #next(): void {
    while (!this.#isOver && this.#headStart === undefined) {
      const next = this.#endpoints.shift();
      const candidate = next === undefined ? this.#candidates.shift() : undefined;
      if (next !== undefined) {
        this.#giveHeadStart(next.headStart);
        this.#start(next.endpoint);
      } else if (candidate !== undefined) this.#begin(candidate);
      else return this.#allStarted();
    }
  }

  #allStarted(): void {
    const isIdle = this.#lookingUp === 0 && this.#running === 0;
    if (isIdle && (this.#runnerUp !== undefined || this.#endsWhenIdle)) {
      return this.#finish(this.#runnerUp?.connection);
    }
    if (this.#runnerUp === undefined) this.#spent(false);
  }

  #spent(isOver: boolean): void {
    this.#onSpent?.(isOver);
    this.#onSpent = undefined;
  }

  #begin({ headStart, find }: Candidate<E>): void {
    const clear = this.#giveHeadStart(headStart);
    let hasStarted = false;
    this.#lookingUp++;
    const found = (endpoints: readonly E[]): void => {
      if (this.#isOver || endpoints.length === 0) return;
      // During its head start, the first endpoint starts immediately, and the head start continues.
      const [first] = !hasStarted && this.#headStart === clear ? endpoints : [];
      hasStarted = true;
      for (const each of endpoints) {
        if (each !== first) this.#endpoints.push({ endpoint: each, headStart });
      }
      if (first === undefined) this.#next();
      else this.#start(first);
    };
    const lookedUp = (): void => {
      this.#lookingUp--;
      if (!hasStarted && this.#headStart === clear) this.#endHeadStart();
    };
    const search = find(found);
    // The caller goes on with the next candidate: there may be thousands without an endpoint.
    if (search === undefined) return lookedUp();
    search.then(lookedUp).then(
      () => this.#next(),
      (error: unknown) => this.abort(error),
    );
  }

  /** @returns clears it; the same function as `#headStart` as long as it lasts */
  #giveHeadStart(ms: number): () => void {
    const { clock, onHeadStartOver } = this.#options;
    const onOver = (): void => {
      onHeadStartOver();
      this.#endHeadStart();
      this.#next();
    };
    return (this.#headStart = clock.setTimeout(onOver, ms));
  }

  #endHeadStart(): void {
    this.#headStart?.();
    this.#headStart = undefined;
  }

  #start(endpoint: E): void {
    this.#running++;
    this.#options.attempt(endpoint, this.lifetime).then(
      (connection) => this.#succeed(connection),
      () => this.#ended(),
    );
  }

  #succeed(connection: Connection): void {
    if (this.#isOver) return void connection.socket.destroy();
    if (connection.isReady) return this.#finish(connection);
    this.#hold(connection);
    this.#ended();
  }

  /** An attempt has no success: the next one starts. */
  #ended(): void {
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
    else this.abort(reason);
  };

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
    this.lifetime.end(lifetime.reason ?? FASTER);
    const held = this.#runnerUp;
    held?.release();
    if (held?.connection !== winner) held?.connection.socket.destroy();
    this.#spent(true);
  }
}

/** For errors that `close` follows. */
function ignore(): void {}
