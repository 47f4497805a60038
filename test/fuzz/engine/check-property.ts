import { inspect } from "node:util";
import { setImmediate as nextTurn } from "node:timers/promises";
import * as fc from "fast-check";
import type { TargetContext, TargetFigures } from "../target.ts";

/** Runs between two words of progress; each such part has a seed of its own. */
const PART = 250;

/** One of fast-check, whatever its values are. */
type Property = fc.IRawProperty<unknown> & {
  beforeEach(hook: () => void): unknown;
};

/**
 * Runs a property of fast-check as often as there are inputs, the same for the same seed. A part ends at
 * its first failure, which is made as small as it gets; the parts after it run all the same.
 *
 * @param countsOf figures of what became of the inputs, read at the end
 */
export async function checkProperty(
  property: Property,
  { seed, inputs, progress, failures }: TargetContext,
  countsOf: () => Readonly<Record<string, number>> = () => ({}),
): Promise<TargetFigures> {
  let ran = 0;
  let tried = 0;
  // Making a failure small takes thousands of tries, which are progress too.
  property.beforeEach(() => {
    if (++tried % 100 === 0) progress(ran);
  });
  for (let part = 0; part * PART < inputs; part++) {
    const numRuns = Math.min(PART, inputs - part * PART);
    // Whole numbers of 32 bits, as fast-check takes them.
    const outcome = await fc.check(property, { seed: (seed + part) | 0, numRuns });
    ran += outcome.numRuns;
    if (outcome.failed) {
      const { seed: own, counterexamplePath: path, counterexample } = outcome;
      const input = `${shown(counterexample)} (fast-check: seed ${own}, path ${path})`;
      failures.add(input, outcome.errorInstance ?? "no error");
    }
    progress(ran);
    // What the runs have left for the next turn of the event loop, such as the end of a client.
    await nextTurn();
  }
  return { inputs: ran, figures: countsOf() };
}

function shown(counterexample: unknown): string {
  return inspect(counterexample, { depth: 12, maxArrayLength: 100, breakLength: Infinity });
}

/** Counts by name. */
export class Counts {
  readonly #counts = new Map<string, number>();

  readonly add = (name: string): void => {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + 1);
  };

  readonly all = (): Readonly<Record<string, number>> => {
    return Object.fromEntries([...this.#counts].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  };
}
