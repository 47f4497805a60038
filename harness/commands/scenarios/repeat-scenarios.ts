import { randomInt } from "node:crypto";
import { inTurn } from "../shared/in-turn.ts";
import { isGood, playOnce } from "./play-once.ts";
import { prepareMachine } from "../shared/prepare-machine.ts";
import type { ScenariosOptions } from "./options.ts";
import { LARGEST_SEED } from "../../plays/stage/random.ts";
import { type Repetition, renderRepetitions } from "../../views/terminal/repetitions.ts";

/** Plays each scenario many times and prints how often each expectation held. @returns the exit code */
export async function repeatScenarios(
  options: ScenariosOptions,
  signal: AbortSignal,
): Promise<number> {
  await prepareMachine();
  const plays = Array.from({ length: options.times }, () => options.scenario).flat();
  const repetitions: Repetition[] = [];
  try {
    await inTurn(plays, options.parallel, async (scenario) => {
      const repetition = await playOnce(scenario, randomInt(LARGEST_SEED), signal);
      signal.throwIfAborted();
      repetitions.push(repetition);
      console.log(`${isGood(repetition) ? "✓" : "✗"} ${scenario} --seed ${repetition.seed}`);
    });
  } finally {
    // Printed after an interruption too, because the run may have taken hours.
    console.log(renderRepetitions(repetitions));
  }
  return repetitions.every(isGood) ? 0 : 1;
}
