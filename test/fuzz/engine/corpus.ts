import type { Dice } from "./dice.ts";

/** Longer inputs take a hundred times as long, so they are picked seldom. */
const SHORT = 1_500;

/** Inputs that are worth changing further: each reached something that none before it did. */
export class Corpus {
  readonly #inputs: Buffer[];
  readonly #short: Buffer[];
  readonly #seeds: number;

  /** @param seeds short ones among them */
  constructor(seeds: readonly Buffer[]) {
    this.#inputs = [...seeds];
    this.#short = seeds.filter(isShort);
    this.#seeds = seeds.length;
  }

  get inputs(): readonly Buffer[] {
    return this.#inputs;
  }

  /** How many were added to the seeds. */
  get added(): number {
    return this.#inputs.length - this.#seeds;
  }

  add(input: Buffer): void {
    this.#inputs.push(input);
    if (isShort(input)) this.#short.push(input);
  }

  /** Any of them, the newest more often: what they have reached is tried least. */
  pick(dice: Dice): Buffer {
    const inputs = dice.onceIn(50) ? this.#inputs : this.#short;
    return dice.pick(dice.onceIn(2) ? inputs : inputs.slice(-32));
  }
}

function isShort({ length }: Buffer): boolean {
  return length <= SHORT;
}
