import { dirname, join, relative, resolve } from "node:path";
import { defaultOf, environmentNames } from "./environments.ts";
import { hasOwnStack } from "../plays/scenarios/list.ts";
import type { ReportOptions } from "../views/report/report.ts";
import type { StartOptions } from "./start-options.ts";

const DOCS = join(import.meta.dirname, "../../docs");

type Played = Pick<StartOptions, "scenarios" | "faults" | "environment">;

/** What a report says about how it was made. @param report the page's path */
export function reportOptions(played: Played, seed: number, report: string): ReportOptions {
  const docs = relative(dirname(resolve(report)), DOCS);
  return {
    command: startCommand(played, seed, report),
    docs: docs.split("/").map(encodeURIComponent).join("/"),
  };
}

/** The command that plays the same with the same seed. */
function startCommand(
  { scenarios, faults, environment }: Played,
  seed: number,
  report: string,
): string {
  const isChosen =
    environment !== defaultOf(environmentNames) &&
    (faults.length > 0 || !scenarios.every((name) => hasOwnStack(name)));
  return [
    "npm start --",
    ...option("--scenario", scenarios),
    ...option("--fault", faults),
    ...(isChosen ? [`--env ${environment}`] : []),
    `--seed ${seed}`,
    `--report ${quoted(report)}`,
  ].join(" ");
}

const option = (name: string, played: readonly string[]): string[] =>
  played.length === 0 ? [] : [name, ...played];

/** As a shell needs it. */
const quoted = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
