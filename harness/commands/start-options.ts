import { type FaultRowName, faultNames } from "../plays/faults/names.ts";
import { hasOwnStack, type ScenarioName, scenarioNames } from "../plays/scenarios/list.ts";
import { environmentNames } from "../plays/setups/environment-names.ts";
import { choice, command, parse, UsageError, wholeNumber, writable } from "./command-line.ts";
import { LARGEST_SEED } from "../plays/stage/random.ts";

/** What `npm start` is asked for. */
export interface StartOptions {
  /** Only list the scenarios. */
  readonly list: boolean;
  /** What is played, one after the other. */
  readonly scenarios: readonly ScenarioName[];
  /** What is played after them. */
  readonly faults: readonly FaultRowName[];
  /** The environment for scenarios without a setup of their own. */
  readonly environment: string;
  /** Undefined: a new one is drawn. */
  readonly seed: number | undefined;
  /** The page to write. */
  readonly report: string | undefined;
  /** Recordings go to standard output, and text for people to standard error. */
  readonly json: boolean;
}

/** The command; made anew for each parse, since it keeps what it has parsed. */
export const startCommand = () =>
  command("npm start --", "Plays scenarios in the local ECS.")
    .option("--list", "name the scenarios and what they show", false)
    .addOption(
      choice(
        "--scenario <name...>",
        `what is played, one after the other (default: ${scenarioNames[0]})`,
        scenarioNames,
      ),
    )
    .addOption(
      choice("--fault <name...>", "what is broken, one after the other, and measured", faultNames),
    )
    .addOption(
      choice("--env <name>", "the environment it is played in (default: dev)", environmentNames),
    )
    .addOption(
      wholeNumber("--seed <number>", "repeats the draws of an earlier play", [0, LARGEST_SEED]),
    )
    .option("--report <file>", "write a page that shows what was played, before beside after")
    .option("--json", "write the recordings to standard output, and nothing else", false);

/** @throws UsageError that says what is allowed */
export function startOptions(args: readonly string[]): StartOptions {
  const given = parse(startCommand(), args) as {
    list: boolean;
    scenario?: ScenarioName[];
    fault?: FaultRowName[];
    env?: string;
    seed?: number;
    report?: string;
    json: boolean;
  };
  const { list, fault = [], env, seed, report, json } = given;
  const { scenario = fault.length > 0 ? [] : scenarioNames.slice(0, 1) } = given;
  if (env !== undefined && fault.length === 0 && scenario.every(hasOwnStack)) {
    const message = `error: --env: ${scenario.join(", ")} has a stack of its own; leave --env out`;
    throw new UsageError(message);
  }
  const page = report === undefined ? undefined : writable("--report", report);
  const environment = env ?? "dev";
  return { list, scenarios: scenario, faults: fault, environment, seed, report: page, json };
}
