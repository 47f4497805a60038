import type { ClientOperation } from "./clients/messages.ts";
import { PROFILES } from "./clients/profiles.ts";
import { LIFE } from "./clients/work.ts";
import type { Operation } from "./history/operation.ts";

/** A failed or unfinished command of a client. */
export type Failure = ClientOperation & {
  readonly failure: NonNullable<ClientOperation["failure"]>;
};

export class Journal {
  readonly failures: Failure[] = [];
  /** Failures other than a `commandTimeout`. */
  readonly unexpected: Failure[] = [];
  /** The longest time until an answer for each client, in ms. */
  readonly longest = new Map<number, number>();
  /** The time of the last answer for each client. */
  readonly answeredAt = new Map<number, number>();
  readonly #byKey = new Map<string, Operation[]>();
  /** Completed keys that have not been taken yet. */
  #finished: string[] = [];
  acknowledged = 0;

  add(operations: readonly ClientOperation[]): void {
    for (const operation of operations) {
      this.#keep(operation);
      if (isFailure(operation)) {
        this.failures.push(operation);
        if (!isTimeout(operation)) this.unexpected.push(operation);
      }
      const { client, start, end } = operation;
      if (end === undefined) continue;
      this.acknowledged += 1;
      this.longest.set(client, Math.max(this.longest.get(client) ?? 0, end - start));
      this.answeredAt.set(client, end);
    }
  }

  get keys(): string[] {
    return [...this.#byKey.keys()];
  }

  get operations(): Operation[] {
    return [...this.#byKey.values()].flat();
  }

  /** The operations of the keys completed since the last call. */
  takeFinished(): Operation[] {
    const keys = this.#finished;
    this.#finished = [];
    return keys.flatMap((key) => this.#byKey.get(key) ?? []);
  }

  #keep(operation: ClientOperation): void {
    const others = this.#byKey.get(operation.key) ?? [];
    this.#byKey.set(operation.key, others);
    others.push(operation);
    if (others.length === LIFE) this.#finished.push(operation.key);
  }
}

const isTimeout = ({ client, failure }: Failure): boolean =>
  failure.message === "Command timed out" && PROFILES[client]?.options.commandTimeout !== undefined;

const isFailure = (operation: ClientOperation): operation is Failure =>
  operation.failure !== undefined;
