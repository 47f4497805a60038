import pc from "picocolors";
import { npmCommand } from "../../../command-line/npm-command.ts";
import { faultNames } from "../../plays/faults/index.ts";
import { scenarioNames } from "../../plays/scenarios/list.ts";
import type { Recording } from "../../plays/stage/recording.ts";
import { failed } from "../../plays/stage/results.ts";

type Played = Pick<Recording, "scenario" | "seed" | "expectations">;

/**
 * The commands to try after plays: one line, or several in a narrow terminal.
 * @param plan the options of the played plan, quoted for a shell; empty for an environment
 */
export function nextStep(
  recordings: readonly Played[],
  columns = Infinity,
  plan: readonly string[] = [],
): string {
  const bad = recordings.find((recording) => failed(recording).length > 0);
  if (bad !== undefined) {
    const { scenario: name } = bad;
    const isFault = !scenarioNames.includes(name) && faultNames.includes(name);
    const what = [isFault ? "--fault" : "--scenario", name, "--seed", bad.seed, ...plan];
    return fitted(
      [`${npmCommand("start")} -- ${what.join(" ")}`, "repeats it with the same random choices"],
      " ",
      columns,
    );
  }
  const options = plan.length === 0 ? "" : ` -- ${plan.join(" ")}`;
  const ways = [
    `${npmCommand("run playground")}${options} (break it)`,
    `${npmCommand("run local")} -- --help (your own app)`,
    `${npmCommand("start")} -- --list (more)`,
  ];
  return fitted(ways, ", ", columns);
}

/** Commands are never wrapped, so that they can be copied. */
function fitted(parts: readonly string[], between: string, columns: number): string {
  const start = "Next: ";
  const line = start + parts.join(between);
  const broken = start + parts.join(`\n${" ".repeat(start.length)}`);
  return pc.dim(line.length <= columns ? line : broken);
}
