import { type Blocks, workOf } from "./coverage.ts";
import { Corpus } from "./corpus.ts";
import type { Dice } from "./dice.ts";
import type { Failures } from "./failures.ts";

/** Inputs between two looks at the coverage: each look takes as long as a hundred inputs. */
const BATCH = 128;
/** Every so many batches are run one input at a time, to see the work of each. */
const SAMPLE = 128;

export interface Exploration {
  readonly seeds: readonly Buffer[];
  readonly mutate: (message: Buffer, dice: Dice, other: Buffer) => Buffer;
  /** Does the same for the same input. @throws when what comes of the input must not */
  readonly run: (input: Buffer) => void;
  /** The blocks that ran since the last call. */
  readonly coverage: { take(): Blocks };
  readonly dice: Dice;
  readonly inputs: number;
  /** Most blocks that one input may execute, and a byte of it. */
  readonly mostWork: (bytes: number) => number;
  /** Told how many inputs are done. */
  readonly progress: (done: number) => void;
  /** Gets the inputs that failed. */
  readonly failures: Failures;
}

export interface Explored {
  readonly inputs: number;
  /** Blocks of code that ran, with the seeds alone and in the end. */
  readonly blocksOfSeeds: number;
  readonly blocks: number;
  readonly corpus: Corpus;
  /** The input that took most work, of those that were looked at alone. */
  readonly hardest: { readonly work: number; readonly bytes: number };
}

/** Runs inputs that are made of those before them which reached code that none had reached. */
export function explore(exploration: Exploration): Explored {
  return new Explorer(exploration).run();
}

class Explorer {
  readonly #options: Exploration;
  readonly #corpus: Corpus;
  readonly #reached = new Set<number>();
  #hardest = { work: 0, bytes: 0 };

  constructor(options: Exploration) {
    this.#options = options;
    this.#corpus = new Corpus(options.seeds);
  }

  run(): Explored {
    const { inputs, seeds, progress } = this.#options;
    this.#runAlone(seeds);
    const blocksOfSeeds = this.#reached.size;
    for (let done = 0, batch = 0; done < inputs; done += BATCH, batch++) {
      progress(done);
      const size = Math.min(BATCH, inputs - done);
      this.#runBatch(size, batch % SAMPLE === 0);
    }
    return {
      inputs,
      blocksOfSeeds,
      blocks: this.#reached.size,
      corpus: this.#corpus,
      hardest: this.#hardest,
    };
  }

  #runBatch(size: number, isSample: boolean): void {
    const inputs = Array.from({ length: size }, () => this.#next());
    for (const input of inputs) this.#try(input);
    const blocks = this.#options.coverage.take();
    if (!isSample && !this.#hasNew(blocks)) return;
    this.#runAlone(inputs);
    // A block that ran as often as the one around it shows in a batch alone.
    for (const block of blocks.keys()) this.#reached.add(block);
  }

  #next(): Buffer {
    const { mutate, dice } = this.#options;
    return mutate(this.#corpus.pick(dice), dice, this.#corpus.pick(dice));
  }

  /** Runs inputs one by one, and keeps those that reach what none before did, or take more work. */
  #runAlone(inputs: readonly Buffer[]): void {
    this.#options.coverage.take();
    for (const input of inputs) {
      this.#try(input);
      this.#judge(input, this.#options.coverage.take());
    }
  }

  #judge(input: Buffer, blocks: Blocks): void {
    const { mostWork, seeds } = this.#options;
    const work = workOf(blocks);
    if (work > mostWork(input.length))
      this.#options.failures.add(input.toString("hex"), `took ${work} blocks of work`);
    const isHardest = work > this.#hardest.work;
    if (isHardest) this.#hardest = { work, bytes: input.length };
    const isNew = this.#hasNew(blocks);
    for (const block of blocks.keys()) this.#reached.add(block);
    if ((isHardest || isNew) && !seeds.includes(input)) this.#corpus.add(input);
  }

  #hasNew(blocks: Blocks): boolean {
    for (const block of blocks.keys()) if (!this.#reached.has(block)) return true;
    return false;
  }

  #try(input: Buffer): void {
    try {
      this.#options.run(input);
    } catch (error) {
      this.#options.failures.add(input.toString("hex"), error);
    }
  }
}
