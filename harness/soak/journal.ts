import type { ClientOperation } from "./clients/messages.ts";
import { PROFILES } from "./clients/profiles.ts";
import { LIFE } from "./clients/work.ts";
import type { Operation } from "./history/operation.ts";

/** A command of a client that failed, or never ended. */
export type Failure = ClientOperation & {
  readonly failure: NonNullable<ClientOperation["failure"]>;
};

/** All that the clients did. */
export class Journal {
  readonly failures: Failure[] = [];
  /** Those of them that are not the end of a `commandTimeout`. */
  readonly unexpected: Failure[] = [];
  /** The longest that a command of each client took until it was answered, in ms. */
  readonly longest = new Map<number, number>();
  /** The last time at which each client was answered. */
  readonly answeredAt = new Map<number, number>();
  readonly #byKey = new Map<string, Operation[]>();
  /** Keys that no client uses any more, and that no one has asked for yet. */
  #finished: string[] = [];
  acknowledged = 0;

  add(told: readonly ClientOperation[]): void {
    for (const operation of told) {
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

  /** The operations of each key that has been used up since the last call: all of them are known. */
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
