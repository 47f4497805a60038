import { dirname, join, relative, resolve } from "node:path";
import { scenarios } from "../plays/scenarios/index.ts";
import type { Scenario } from "../plays/scenarios/scenario.ts";
import type { ReportOptions } from "../views/report/report.ts";
import type { StartOptions } from "./start-options.ts";

const DOCS = join(import.meta.dirname, "../../docs");

type Played = Pick<StartOptions, "scenarios" | "environment">;

/** What a report says about how it was made. @param report the page's path */
export function reportOptions(played: Played, seed: number, report: string): ReportOptions {
  const docs = relative(dirname(resolve(report)), DOCS);
  return {
    command: startCommand(played, seed, report),
    docs: docs.split("/").map(encodeURIComponent).join("/"),
  };
}

/** The command that plays the same with the same seed. */
function startCommand({ scenarios: played, environment }: Played, seed: number, report: string) {
  const known: readonly Scenario[] = scenarios;
  const named = played.filter((scenario) => known.includes(scenario));
  const faults = played.filter((scenario) => !known.includes(scenario));
  const isChosen = environment !== "dev" && played.some(({ setup }) => setup === undefined);
  return [
    "npm start --",
    ...option("--scenario", named),
    ...option("--fault", faults),
    ...(isChosen ? [`--env ${environment}`] : []),
    `--seed ${seed}`,
    `--report ${quoted(report)}`,
  ].join(" ");
}

const option = (name: string, played: readonly Scenario[]): string[] =>
  played.length === 0 ? [] : [name, ...played.map((scenario) => scenario.name)];

/** As a shell needs it. */
const quoted = (path: string): string =>
  /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
