import pc from "picocolors";
import { faultNames } from "../../plays/faults/names.ts";
import { scenarioNames } from "../../plays/scenarios/list.ts";
import type { Recording } from "../../plays/stage/recording.ts";
import { failed } from "../../plays/stage/results.ts";

type Played = Pick<Recording, "scenario" | "seed" | "expectations">;

/** One line: what to try after these plays. */
export function nextStep(recordings: readonly Played[]): string {
  const bad = recordings.find((recording) => failed(recording).length > 0);
  if (bad !== undefined) {
    const again = `npm start -- ${optionOf(bad.scenario)} ${bad.scenario} --seed ${bad.seed}`;
    return pc.dim(`Next: ${again} plays it again with the same random draws`);
  }
  const ways = [
    "npm run playground (break it)",
    "npm run local -- --help (your own app)",
    "npm start -- --list (more)",
  ];
  return pc.dim(`Next: ${ways.join(", ")}`);
}

/** A fault that is played alone has no scenario of its name. */
function optionOf(name: string): string {
  const isScenario = scenarioNames.some((each) => each === name);
  return !isScenario && faultNames.some((each) => each === name) ? "--fault" : "--scenario";
}
