import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { SrvTarget } from "srv-dialer";
import { now as systemNow } from "../../harness/ecs/index.ts";

/** Where the dialers of this process tell what they do; see the README of the package. */
const RESOLVE = "srv-dialer:resolve";
const CONNECT = "srv-dialer:connect";
const FAILURE = "srv-dialer:failure";

const SECOND = 1_000;

/** Records from DNS. */
interface Answer {
  readonly at: number;
  /** Seconds that were left of them. */
  readonly ttl: number;
}

/** What the dialers of this process did. */
export class Dialed implements Disposable {
  readonly #answers: Answer[] = [];
  readonly #connects: number[] = [];
  readonly #failures: number[] = [];
  readonly #leave: (() => void)[] = [];

  /** @param now milliseconds */
  constructor(now: () => number = systemNow) {
    this.#listen(RESOLVE, (message) => {
      const { targets, ttl } = message as { targets: readonly SrvTarget[]; ttl: number };
      // Those of the Cloud Map API have addresses.
      const isOfDns = targets.some(({ addresses }) => addresses === undefined);
      if (isOfDns) this.#answers.push({ at: now(), ttl });
    });
    this.#listen(CONNECT, () => this.#connects.push(now()));
    this.#listen(FAILURE, () => this.#failures.push(now()));
  }

  /** Dials that ended after a time. */
  dials(from: number): number {
    return after(this.#connects, from).length + after(this.#failures, from).length;
  }

  /** @throws when there was none after this time */
  firstConnect(from: number): number {
    const [first] = after(this.#connects, from);
    if (first === undefined) throw new Error("no client was connected to the new Redis");
    return first;
  }

  /**
   * When the resolver got the records that it had when Redis stopped. This decides how long clients wait:
   * until the records expire, or until "no such name" does, which follows when they expire before Redis is
   * back. What is left of records is told in whole seconds, so each answer tells a second in which it was.
   *
   * @param ttl of the records, in seconds
   * @param until when other records came, in ms
   */
  recordsGot(ttl: number, until: number): number {
    const earliest = this.#answers
      .filter(({ at }) => at < until)
      .map((answer) => answer.at - (ttl - answer.ttl) * SECOND);
    if (earliest.length === 0) throw new Error("no client has asked DNS before Redis moved");
    const from = Math.max(...earliest);
    const sameRecords = earliest.filter((time) => time > from - SECOND);
    return (from + Math.min(...sameRecords) + SECOND) / 2;
  }

  [Symbol.dispose](): void {
    for (const leave of this.#leave) leave();
  }

  #listen(channel: string, listener: (message: unknown) => void): void {
    subscribe(channel, listener);
    this.#leave.push(() => void unsubscribe(channel, listener));
  }
}

function after(times: readonly number[], from: number): readonly number[] {
  return times.filter((at) => at >= from);
}
