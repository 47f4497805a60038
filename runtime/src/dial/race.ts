import { type Clock, Lifetime, interruptionOf } from "../base/time.ts";
import { targetKey } from "../base/name.ts";
import type { SrvTarget } from "../base/types.ts";
import type { Attempt } from "./attempts.ts";
import type { Connection } from "./connection.ts";

/** One target in a race. */
export interface Candidate {
  readonly target: SrvTarget;
  /** Its source: the preferred one is 0. New candidates of a source replace those that have not begun. */
  readonly source: number;
  /** ms, from its begin, that candidates of a later priority wait for it. */
  readonly priorityDelay: number;
  /** ms of each of its attempts, the first one including the lookup, before the next attempt starts in parallel. */
  readonly headStart: number;
  /**
   * Passes its endpoints to `found` as its addresses are found.
   * @returns a promise that resolves when there are no more; none if all were known
   */
  readonly find: (
    found: (endpoints: readonly Attempt<string>[]) => void,
  ) => Promise<void> | undefined;
}

export interface RaceOptions {
  readonly clock: Clock;
  /** Its end aborts the race and destroys all running attempts. */
  readonly lifetime: Lifetime;
  readonly attempt: (endpoint: Attempt<string>, lifetime: Lifetime) => Promise<Connection>;
}

/** A lookup or an attempt. */
interface Running {
  readonly of: Candidate;
  /** How long candidates of later priorities wait for it, in ms of the clock. */
  readonly until: number;
}

/** How long in ms a connection to a server that is not ready is kept while others are tried. */
const HOLD_TIME = 500;

const FASTER = new Error("another attempt was faster");

/**
 * Races candidates as in RFC 8305, sections 3 and 5. A candidate's head start covers its lookup and its first attempt
 * together. The next one starts when the head start is over, or immediately after a failure. Earlier attempts continue
 * in parallel; the first success wins, and the others are destroyed. Candidates may be added until the race is over.
 *
 * "A client MUST attempt to contact the target host with the lowest-numbered priority it can reach" (RFC 2782): a
 * candidate begins when every one of an earlier priority has failed, or was silent for its `priorityDelay`.
 *
 * A connection to a server that is not ready becomes the runner-up: it wins if everything else has failed,
 * after {@link HOLD_TIME}, or at the deadline.
 */
export class Race {
  /** The winner; undefined if everything has failed, after {@link endWhenIdle}. */
  readonly winner: Promise<Connection | undefined>;
  /** Of all attempts; ends with the race. */
  readonly lifetime = new Lifetime();
  readonly #options: RaceOptions;
  /** Those that have not begun. */
  #candidates: Candidate[] = [];
  /** Found, and not yet started. */
  readonly #endpoints: { readonly endpoint: Attempt<string>; readonly of: Candidate }[] = [];
  /** Running lookups and attempts. */
  readonly #running = new Set<Running>();
  #isOver = false;
  #endsWhenIdle = false;
  /** The current head start. */
  #headStart: { readonly of: Candidate; readonly clear: () => void } | undefined;
  /** Clears the timer of candidates that wait for an earlier priority. */
  #priorityWait: (() => void) | undefined;
  #runnerUp: { readonly connection: Connection; readonly release: () => void } | undefined;
  /** Those that wait until nothing of their source can start now. */
  readonly #onSpent = new Map<number, (isOver: boolean) => void>();
  #resolve: (winner: Connection | undefined) => void = () => {};
  #reject: (reason: unknown) => void = () => {};

  constructor(options: RaceOptions) {
    this.#options = options;
    this.winner = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
    options.lifetime.onEnd(this.#onEnd);
  }

  /**
   * Adds candidates of one source, and starts them in turn, before those of later sources.
   * @returns false once nothing of the source can start now: everything has failed, or had its head start without
   * success, as with a lost host, which does not refuse connections; true once the race is over
   */
  run(candidates: readonly Candidate[], source: number): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#isOver) return resolve(true);
      this.#onSpent.set(source, resolve);
      this.#candidates = [
        ...this.#candidates.filter((each) => each.source < source),
        ...candidates,
        ...this.#candidates.filter((each) => each.source > source),
      ];
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
      const candidate = next === undefined ? this.#nextCandidate() : undefined;
      if (next !== undefined) {
        this.#giveHeadStart(next.of);
        this.#start(next.endpoint, next.of);
      } else if (candidate !== undefined) this.#begin(candidate);
      else {
        const isIdle = this.#running.size === 0;
        if (isIdle && (this.#runnerUp !== undefined || this.#endsWhenIdle)) {
          return this.#finish(this.#runnerUp?.connection);
        }
        break;
      }
    }
    if (this.#runnerUp === undefined) this.#reportSpent();
  }

  #reportSpent(): void {
    for (const [source, resolve] of this.#onSpent) {
      const isIts = (each: Candidate | undefined): boolean => each?.source === source;
      const hasMore =
        isIts(this.#headStart?.of) ||
        this.#endpoints.some(({ of }) => isIts(of)) ||
        this.#candidates.some((each) => isIts(each) && this.#waitOf(each) <= 0);
      if (hasMore) continue;
      this.#onSpent.delete(source);
      resolve(false);
    }
  }

  /** The first candidate that need not wait for an earlier priority. */
  #nextCandidate(): Candidate | undefined {
    this.#priorityWait?.();
    this.#priorityWait = undefined;
    let shortest = Number.POSITIVE_INFINITY;
    const index = this.#candidates.findIndex((candidate) => {
      const wait = this.#waitOf(candidate);
      shortest = Math.min(shortest, wait);
      return wait <= 0;
    });
    if (index >= 0) return this.#candidates.splice(index, 1)[0];
    if (this.#candidates.length > 0) {
      this.#priorityWait = this.#options.clock.setTimeout(() => this.#next(), shortest);
    }
    return undefined;
  }

  /** How long in ms a candidate waits for running attempts of earlier priorities. */
  #waitOf({ target: { priority }, source }: Candidate): number {
    if (this.#running.size === 0) return 0;
    let until = Number.NEGATIVE_INFINITY;
    for (const running of this.#running) {
      const { of } = running;
      const isEarlier = of.source === source && of.target.priority < priority;
      if (isEarlier) until = Math.max(until, running.until);
    }
    return until - this.#options.clock.now();
  }

  #begin(candidate: Candidate): void {
    const headStart = this.#giveHeadStart(candidate);
    let hasStarted = false;
    const found = (endpoints: readonly Attempt<string>[]): void => {
      if (this.#isOver || endpoints.length === 0) return;
      // During its head start, the first endpoint starts immediately, and the head start continues.
      const [first] = !hasStarted && this.#headStart === headStart ? endpoints : [];
      hasStarted = true;
      for (const each of endpoints) {
        if (each !== first) this.#endpoints.push({ endpoint: each, of: candidate });
      }
      if (first === undefined) this.#next();
      else this.#start(first, candidate);
    };
    const lookedUp = (): void => {
      if (!hasStarted && this.#headStart === headStart) this.#endHeadStart();
    };
    const search = candidate.find(found);
    // The caller goes on with the next candidate: there may be thousands without an endpoint.
    if (search === undefined) return lookedUp();
    const lookup = this.#run(candidate);
    const onEnd = (): void => {
      this.#running.delete(lookup);
      lookedUp();
      this.#next();
    };
    search.then(onEnd, (error: unknown) => this.abort(error));
  }

  #giveHeadStart(of: Candidate) {
    const onOver = (): void => {
      this.#endHeadStart();
      this.#next();
    };
    return (this.#headStart = { of, clear: this.#options.clock.setTimeout(onOver, of.headStart) });
  }

  #endHeadStart(): void {
    this.#headStart?.clear();
    this.#headStart = undefined;
  }

  #run(of: Candidate): Running {
    let until = this.#options.clock.now() + of.priorityDelay;
    // Another try beside a silent one does not begin the wait again.
    for (const { of: other, until: earlier } of this.#running) {
      if (targetKey(other.target) === targetKey(of.target)) until = Math.min(until, earlier);
    }
    const running = { of, until };
    this.#running.add(running);
    return running;
  }

  #start(endpoint: Attempt<string>, of: Candidate): void {
    const running = this.#run(of);
    this.#options.attempt(endpoint, this.lifetime).then(
      (connection) => this.#succeed(connection, running),
      () => this.#ended(running),
    );
  }

  #succeed(connection: Connection, running: Running): void {
    if (this.#isOver) return void connection.socket.destroy();
    if (connection.isReady) return this.#finish(connection);
    this.#hold(connection);
    this.#ended(running);
  }

  /** An attempt has no success: the next one starts, although another one may have a head start now. */
  #ended(running: Running): void {
    this.#running.delete(running);
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
    this.#priorityWait?.();
    const { lifetime } = this.#options;
    lifetime.offEnd(this.#onEnd);
    this.lifetime.end(lifetime.reason ?? FASTER);
    const held = this.#runnerUp;
    held?.release();
    if (held?.connection !== winner) held?.connection.socket.destroy();
    for (const resolve of this.#onSpent.values()) resolve(true);
    this.#onSpent.clear();
  }
}

/** For errors that `close` follows. */
function ignore(): void {}
