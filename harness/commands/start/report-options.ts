import { dirname, join, relative, resolve } from "node:path";
import { defaultOf, environmentNames } from "../shared/environments.ts";
import { planWords } from "../source/options.ts";
import { hasOwnStack } from "../../plays/scenarios/list.ts";
import type { ReportOptions } from "../../views/report/report.ts";
import type { StartOptions } from "./options.ts";

const DOCS = join(import.meta.dirname, "../../../docs");

type Played = Pick<StartOptions, "scenarios" | "faults" | "environment"> &
  Partial<Pick<StartOptions, "plan">>;

/** The report's information about its own run. @param report the report's path */
export function reportOptions(played: Played, seed: number, report: string): ReportOptions {
  const docs = relative(dirname(resolve(report)), DOCS);
  return {
    command: startCommand(played, seed, report),
    docs: docs.split("/").map(encodeURIComponent).join("/"),
  };
}

/** The command that repeats the play with the same seed. */
function startCommand(
  { scenarios, faults, environment, plan }: Played,
  seed: number,
  report: string,
): string {
  const isChosen =
    plan === undefined &&
    environment !== defaultOf(environmentNames) &&
    (faults.length > 0 || !scenarios.every((name) => hasOwnStack(name)));
  return [
    "npm start --",
    ...option("--scenario", scenarios),
    ...option("--fault", faults),
    ...(isChosen ? [`--env ${environment}`] : []),
    ...planArguments({ plan }),
    `--seed ${seed}`,
    `--report ${quoted(report)}`,
  ].join(" ");
}

/** The options of the plan, quoted for a shell. Empty for an environment. */
export const planArguments = ({ plan }: Pick<Played, "plan">): string[] =>
  plan ? planWords(plan).map(quoted) : [];

const option = (name: string, played: readonly string[]): string[] =>
  played.length === 0 ? [] : [name, ...played];

const quoted = (path: string): string =>
  /^[\w./=-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
