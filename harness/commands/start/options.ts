import { type FaultRowName, faultNames } from "../../plays/faults/names.ts";
import { hasOwnStack, type ScenarioName, scenarioNames } from "../../plays/scenarios/list.ts";
import {
  choice,
  command,
  parse,
  someText,
  UsageError,
  wholeNumber,
  writable,
} from "../../../command-line/options.ts";
import type { Command } from "commander";
import { defaultOf, environmentNames } from "../shared/environments.ts";
import {
  addInputOptions,
  addPlayOptions,
  addSavedOptions,
  type PlanOptions,
  planOf,
} from "../source/options.ts";
import { LARGEST_SEED } from "../../plays/stage/random.ts";

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
  /** A plan in place of an environment. */
  readonly plan: PlanOptions | undefined;
  /** Undefined: a new one is drawn. */
  readonly seed: number | undefined;
  /** The page to write. */
  readonly report: string | undefined;
  /** Recordings go to standard output, and text for people to standard error. */
  readonly json: boolean;
}

/** The command; made anew for each parse, since it keeps what it has parsed. */
export function startCommand(environments = environmentNames): Command {
  const program = command("npm start --", "Plays scenarios in the local ECS.")
    .option("--list", "print the scenarios and what each one shows")
    .addOption(
      choice(
        "--scenario <name...>",
        `the scenarios to play, one after the other (default: ${scenarioNames[0]})`,
        scenarioNames,
      ),
    )
    .addOption(
      choice(
        "--fault <name...>",
        "the faults to play and measure, one after the other",
        faultNames,
      ),
    )
    .addOption(
      choice(
        "--env <name>",
        `the environment to play in (default: ${defaultOf(environments)})`,
        environments,
      ),
    )
    .addOption(
      wholeNumber("--seed <number>", "the random draws of an earlier play", [0, LARGEST_SEED]),
    )
    .option(
      "--report <file>",
      "write an HTML page of what was played, with before and after side by side",
    )
    .option("--json", "write only the recordings to standard output, as JSON");
  addSavedOptions(program)
    .addOption(
      someText(
        "--app <command>",
        "the program to run as the app of a plan (default: a guest book)",
      ),
    )
    .addOption(
      someText(
        "--path <path>",
        "what users of the app of a plan ask for with GET; 2xx is served (default: the path of its health check)",
      ),
    );
  return addInputOptions(addPlayOptions(program));
}

/**
 * @param environments names of those that there are
 * @throws UsageError that says what is allowed
 */
export function startOptions(
  args: readonly string[],
  environments = environmentNames,
): StartOptions {
  const given = parse(startCommand(environments), args) as {
    list?: boolean;
    scenario?: ScenarioName[];
    fault?: FaultRowName[];
    env?: string;
    seed?: number;
    report?: string;
    json?: boolean;
  } & Partial<PlanOptions>;
  const { list = false, fault = [], env, seed, report, json = false } = given;
  const plan = planOf(given);
  if (plan && env !== undefined) {
    throw new UsageError("error: --env: with --plan there is no environment; leave --env out");
  }
  // What a plan is played in by default depends on the plan.
  const isChosen = fault.length > 0 || plan !== undefined;
  const { scenario = isChosen ? [] : scenarioNames.slice(0, 1) } = given;
  if (env !== undefined && fault.length === 0 && scenario.every(hasOwnStack)) {
    const message = `error: --env: ${scenario.join(", ")} has a stack of its own; leave --env out`;
    throw new UsageError(message);
  }
  const page = report === undefined ? undefined : writable("--report", report);
  const environment = env ?? defaultOf(environments);
  return { list, scenarios: scenario, faults: fault, environment, plan, seed, report: page, json };
}
