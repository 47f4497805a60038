import { describe, expect, it } from "vitest";
import type { Blocks } from "./coverage.ts";
import { Dice } from "./dice.ts";
import { explore } from "./explore.ts";
import { Failures } from "./failures.ts";

const SECRET = "fuzz";

/** A target that fails for one input of millions, and tells how many bytes of it are right. */
class Lock {
  #blocks = new Map<number, number>();
  readonly inputs: string[] = [];

  readonly run = (input: Buffer): void => {
    this.inputs.push(input.toString());
    let right = 0;
    while (right < SECRET.length && input.toString("latin1")[right] === SECRET[right]) right++;
    for (let block = 0; block <= right; block++) this.#blocks.set(block, 1 + right);
    if (right === SECRET.length) throw new Error("open");
  };

  take(): Blocks {
    const blocks = this.#blocks;
    this.#blocks = new Map();
    return blocks;
  }
}

function oneByteChanged(message: Buffer, dice: Dice): Buffer {
  const changed = Buffer.from(message);
  changed[dice.below(changed.length)] = 97 + dice.below(26);
  return changed;
}

function exploreLock(seed: number, mostWork = Number.POSITIVE_INFINITY, lock = new Lock()) {
  const options = { run: lock.run, coverage: lock, mutate: oneByteChanged };
  const failures = new Failures();
  const explored = explore({
    ...options,
    seeds: [Buffer.from("aaaa")],
    dice: new Dice(seed, "lock"),
    inputs: 10_000,
    mostWork: () => mostWork,
    progress: () => {},
    failures,
  });
  return { ...explored, failures: failures.found };
}

function inputsOf(seed: number): readonly string[] {
  const lock = new Lock();
  exploreLock(seed, undefined, lock);
  return lock.inputs;
}

describe("explore", () => {
  it("finds step by step what no single change reaches, and tells the input", () => {
    const { inputs, failures, blocksOfSeeds, blocks } = exploreLock(1);
    expect(failures).toMatchObject([{ input: Buffer.from(SECRET).toString("hex") }]);
    expect({ inputs, blocksOfSeeds, blocks }).toEqual({
      inputs: 10_000,
      blocksOfSeeds: 1,
      blocks: 5,
    });
  });

  it("makes the same inputs of the same seed, and others of another one", () => {
    expect(inputsOf(3)).toEqual(inputsOf(3));
    expect(inputsOf(3)).not.toEqual(inputsOf(4));
  });

  it("fails for an input that takes more work than it may", () => {
    const { failures } = exploreLock(1, 20);
    expect(failures.map(({ what }) => what)).toContain("took 25 blocks of work");
  });
});
