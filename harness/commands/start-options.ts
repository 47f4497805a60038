import { environmentNames } from "../plays/setups/environment-setup.ts";
import { choice, command, parse, UsageError, wholeNumber, writable } from "./command-line.ts";
import { faults } from "../plays/faults/index.ts";
import { scenarioOf, scenarios } from "../plays/scenarios/index.ts";
import { faultScenario } from "../plays/scenarios/single-fault.ts";
import type { Scenario } from "../plays/scenarios/scenario.ts";
import { LARGEST_SEED } from "../plays/stage/random.ts";

/** What `npm start` is asked for. */
export interface StartOptions {
  /** Only list the scenarios. */
  readonly list: boolean;
  /** What is played, one after the other. */
  readonly scenarios: readonly Scenario[];
  /** The environment for scenarios without a setup of their own. */
  readonly environment: string;
  /** Undefined: a new one is drawn. */
  readonly seed: number | undefined;
  /** The page to write. */
  readonly report: string | undefined;
  /** Recordings go to standard output, and text for people to standard error. */
  readonly json: boolean;
}

const names = scenarios.map(({ name }) => name);
const faultNames = faults.map(({ name }) => name);

const program = () =>
  command("npm start --", "Plays scenarios in the local ECS.")
    .option("--list", "name the scenarios and what they show", false)
    .addOption(
      choice(
        "--scenario <name...>",
        `what is played, one after the other (default: ${names[0]})`,
        names,
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
  const given = parse(program(), args) as {
    list: boolean;
    scenario?: string[];
    fault?: string[];
    env?: string;
    seed?: number;
    report?: string;
    json: boolean;
  };
  const { list, fault = [], env, seed, report, json } = given;
  const { scenario = fault.length > 0 ? [] : names.slice(0, 1) } = given;
  const named = fault.flatMap((name) => faults.filter((each) => each.name === name));
  const chosen = [...scenario.map(scenarioOf), ...named.map(faultScenario)];
  if (env !== undefined && chosen.every(({ setup }) => setup)) {
    const message = `error: --env: ${scenario.join(", ")} has a stack of its own; leave --env out`;
    throw new UsageError(message);
  }
  const page = report === undefined ? undefined : writable("--report", report);
  return { list, scenarios: chosen, environment: env ?? "dev", seed, report: page, json };
}
