import { Coverage } from "../engine/coverage.ts";
import { Dice } from "../engine/dice.ts";
import { explore } from "../engine/explore.ts";
import type { Target, TargetContext, TargetFigures } from "../target.ts";

/** The code whose blocks guide the search: the resolver's, and its codec's. */
const CODE = /\/runtime\/src\/(base|dns)\/|\/dns-packet\//;

/**
 * Most blocks of code that a reply may run. A name has at most 127 labels and as many pointers, each
 * a few blocks, and the shortest record has 11 bytes.
 */
const mostWork = (bytes: number): number => 20_000 + 64 * bytes;

async function run({ seed, inputs, progress, failures }: TargetContext): Promise<TargetFigures> {
  using coverage = new Coverage((url) => CODE.test(url));
  // Now, since code that ran before is not counted.
  const { checkReply } = await import("../dns/reply-check.ts");
  const { SEEDS } = await import("../dns/seeds.ts");
  const { mutated } = await import("../dns/mutate.ts");
  const outcomes = { ignored: 0, truncated: 0, read: 0, "endless aliases": 0 };
  const found = explore({
    seeds: SEEDS,
    mutate: mutated,
    run: (input) => void outcomes[checkReply(input)]++,
    coverage,
    dice: new Dice(seed, "dns-codec"),
    inputs,
    mostWork,
    progress,
    failures,
  });
  const { blocksOfSeeds, blocks, corpus, hardest } = found;
  return {
    inputs: found.inputs,
    figures: {
      "blocks reached by the seeds": blocksOfSeeds,
      "blocks reached in the end": blocks,
      "inputs kept": corpus.added,
      "most blocks run by one input": hardest.work,
      "bytes of that input": hardest.bytes,
      ...Object.fromEntries(Object.entries(outcomes).map(([key, n]) => [`replies ${key}`, n])),
    },
  };
}

export const target: Target = {
  about: "DNS replies against the codec and its records, guided by coverage",
  inputs: 1_000_000,
  run,
};
