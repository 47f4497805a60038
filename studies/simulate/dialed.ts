import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { SrvTarget } from "srv-dialer";
import { now as systemNow } from "../../harness/ecs/index.ts";

/** Diagnostics channels of the dialers; see the README of the package. */
const RESOLVE = "srv-dialer:resolve";
const CONNECT = "srv-dialer:connect";
const FAILURE = "srv-dialer:failure";

const SECOND = 1_000;

/** Records from DNS. */
interface Answer {
  readonly at: number;
  /** Remaining seconds. */
  readonly ttl: number;
}

/** Records what the dialers of this process do. */
export class DialRecorder implements Disposable {
  readonly #answers: Answer[] = [];
  readonly #connects: number[] = [];
  readonly #failures: number[] = [];
  readonly #unsubscribe: (() => void)[] = [];

  /** @param now milliseconds */
  constructor(now: () => number = systemNow) {
    this.#listen(RESOLVE, (message) => {
      const { targets, ttl } = message as { targets: readonly SrvTarget[]; ttl: number };
      // Records from the Cloud Map API have addresses.
      const isFromDns = targets.some(({ addresses }) => addresses === undefined);
      if (isFromDns) this.#answers.push({ at: now(), ttl });
    });
    this.#listen(CONNECT, () => this.#connects.push(now()));
    this.#listen(FAILURE, () => this.#failures.push(now()));
  }

  /** The number of dials that finished after a time. */
  dials(from: number): number {
    return after(this.#connects, from).length + after(this.#failures, from).length;
  }

  /** @throws if there was none after this time */
  firstConnect(from: number): number {
    const [first] = after(this.#connects, from);
    if (first === undefined) throw new Error("no client was connected to the new Redis");
    return first;
  }

  /**
   * The time at which the resolver received the records that it had when Redis stopped. Clients wait until these
   * records expire, and if Redis is not back then, until the following NXDOMAIN expires. Remaining TTLs are whole
   * seconds, so each answer narrows the time down to one second.
   *
   * @param ttl TTL of the records, in seconds
   * @param until the time at which other records came, in ms
   */
  recordsReceived(ttl: number, until: number): number {
    const earliest = this.#answers
      .filter(({ at }) => at < until)
      .map((answer) => answer.at - (ttl - answer.ttl) * SECOND);
    if (earliest.length === 0) throw new Error("no client has asked DNS before Redis moved");
    const from = Math.max(...earliest);
    const sameRecords = earliest.filter((time) => time > from - SECOND);
    return (from + Math.min(...sameRecords) + SECOND) / 2;
  }

  [Symbol.dispose](): void {
    for (const end of this.#unsubscribe) end();
  }

  #listen(channel: string, listener: (message: unknown) => void): void {
    subscribe(channel, listener);
    this.#unsubscribe.push(() => void unsubscribe(channel, listener));
  }
}

function after(times: readonly number[], from: number): readonly number[] {
  return times.filter((at) => at >= from);
}
