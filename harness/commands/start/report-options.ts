import { npmCommand } from "../../../command-line/npm-command.ts";
import { quoted } from "../../../command-line/options.ts";
import { defaultOf, environmentNames } from "../shared/environments.ts";
import { imageWords, planWords } from "../shared/options/options.ts";
import { hasOwnStack } from "../../plays/scenarios/list.ts";
import type { StartOptions } from "./options.ts";

type Played = Pick<StartOptions, "scenarios" | "faults" | "environment"> &
  Partial<Pick<StartOptions, "plan" | "images">>;

/** The command that repeats the play with the same seed. @param report the report's path */
export function repeatCommand(played: Played, seed: number, report: string): string {
  const { scenarios, faults, environment, plan } = played;
  const isChosen =
    plan === undefined &&
    environment !== defaultOf(environmentNames) &&
    (faults.length > 0 || !scenarios.every((name) => hasOwnStack(name)));
  return [
    `${npmCommand("start")} --`,
    ...option("--scenario", scenarios),
    ...option("--fault", faults),
    ...(isChosen ? [`--env ${environment}`] : []),
    ...sourceArguments(played),
    `--seed ${seed}`,
    `--report ${quoted(report)}`,
  ].join(" ");
}

/** The options of the plan or of the environment's images, quoted for a shell. */
export const sourceArguments = ({ plan, images = { image: {} } }: Partial<Played>): string[] =>
  (plan ? planWords(plan) : imageWords(images)).map(quoted);

const option = (name: string, played: readonly string[]): string[] =>
  played.length === 0 ? [] : [name, ...played];
