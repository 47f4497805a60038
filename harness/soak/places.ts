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
export class Places {
  readonly moves: Move[] = [];
  #place: string | undefined;
  #lastAt = 0;

  /** Adds operations in the order of their ends. */
  add(operations: readonly ClientOperation[]): void {
    for (const { kind, place, end } of operations) {
      if (kind === "get" || place === undefined || end === undefined) continue;
      if (this.#place !== undefined && place !== this.#place) {
        this.moves.push({ from: this.#place, to: place, lastAt: this.#lastAt, at: end });
      }
      this.#place = place;
      this.#lastAt = end;
    }
  }
}
