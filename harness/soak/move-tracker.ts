import type { ClientOperation } from "./clients/messages.ts";

/** A move of Redis: a write was acknowledged at another host and port. */
export interface Move {
  readonly from: string;
  readonly to: string;
  /** The times of the last acknowledged write before the move and the first after it. */
  readonly lastAt: number;
  readonly at: number;
}

/** Tracks the host and port that acknowledge writes. */
export class MoveTracker {
  readonly moves: Move[] = [];
  #endpoint: string | undefined;
  #lastAt = 0;

  /** Adds operations in the order of their ends. */
  add(operations: readonly ClientOperation[]): void {
    for (const { kind, endpoint, end } of operations) {
      if (kind === "get" || endpoint === undefined || end === undefined) continue;
      if (this.#endpoint !== undefined && endpoint !== this.#endpoint) {
        this.moves.push({ from: this.#endpoint, to: endpoint, lastAt: this.#lastAt, at: end });
      }
      this.#endpoint = endpoint;
      this.#lastAt = end;
    }
  }
}
