/** Width of a bin, in ms. */
const BIN = 100;
const BINS_A_SECOND = 1_000 / BIN;

/** Counts events by their time. */
export class Rate {
  readonly #bins: number[] = [];
  #total = 0;

  /** @param time ms since the start */
  add(time: number): void {
    const bin = Math.floor(time / BIN);
    this.#bins[bin] = (this.#bins[bin] ?? 0) + 1;
    this.#total++;
  }

  get total(): number {
    return this.#total;
  }

  /** The highest count within any second, from this time on. */
  busiestSecond(from = 0): number {
    let most = 0;
    for (let bin = Math.floor(from / BIN); bin < this.#bins.length; bin++) {
      most = Math.max(most, this.#sum(bin, bin + BINS_A_SECOND));
    }
    return most;
  }

  #sum(from: number, to: number): number {
    let sum = 0;
    for (let bin = Math.floor(from); bin < to; bin++) sum += this.#bins[bin] ?? 0;
    return sum;
  }
}
