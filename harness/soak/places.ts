import type { ClientOperation } from "./clients/messages.ts";

/** Redis went to another host and port: a write was acknowledged there. */
export interface Move {
  readonly from: string;
  readonly to: string;
  /** When the last write before it was acknowledged, and the first after it. */
  readonly lastAt: number;
  readonly at: number;
}

/** Where the acknowledged writes came from. */
export class Places {
  readonly moves: Move[] = [];
  #place: string | undefined;
  #lastAt = 0;

  /** Operations in the order of their ends. */
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
