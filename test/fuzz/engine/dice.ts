import { randomOf } from "../../../harness/plays/stage/random.ts";

/** Random choices that are the same for the same seed and purpose. */
export class Dice {
  readonly #random: () => number;

  constructor(seed: number, purpose: string) {
    this.#random = randomOf(seed, purpose);
  }

  /** A whole number from 0 to below the limit. */
  below(limit: number): number {
    return Math.floor(this.#random() * limit);
  }

  /** True once in so many times. */
  onceIn(times: number): boolean {
    return this.below(times) === 0;
  }

  /** @throws {RangeError} when there is nothing to pick from */
  pick<T>(list: readonly T[]): T {
    const index = this.below(list.length);
    if (!(index in list)) throw new RangeError("nothing to pick from");
    return list[index] as T;
  }

  /** A size from 1 to the limit, most often a small one. */
  size(limit: number): number {
    return 1 + this.below(2 ** this.below(Math.log2(limit) + 1));
  }

  bytes(length: number): Buffer {
    return Buffer.from(Array.from({ length }, () => this.below(256)));
  }
}
