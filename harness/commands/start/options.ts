import { npmCommand } from "../../../command-line/npm-command.ts";
import { currentName, faultNames } from "../../plays/faults/index.ts";
import { hasOwnStack, scenarioNames } from "../../plays/scenarios/list.ts";
import {
  choice,
  command,
  parse,
  UsageError,
  wholeNumber,
  writable,
} from "../../../command-line/options.ts";
import type { Command } from "commander";
import { defaultOf, environmentNames } from "../shared/environments.ts";
import {
  addAppOptions,
  addInputOptions,
  addPlayOptions,
  addSavedOptions,
  withTerraformFlags,
} from "../shared/options/add-options.ts";
import {
  IMAGE_OPTIONS,
  type ImageOptions,
  imagesOf,
  flagGiven,
  type PlanOptions,
  planOf,
} from "../shared/options/options.ts";
import { LARGEST_SEED } from "../../plays/stage/random.ts";

export interface StartOptions {
  /** Only print the list of scenarios. */
  readonly list: boolean;
  /** The scenarios to play, in order. */
  readonly scenarios: readonly string[];
  /** The faults to play after the scenarios. */
  readonly faults: readonly string[];
  readonly environment: string;
  /** A plan instead of an environment. */
  readonly plan: PlanOptions | undefined;
  /** The images of the environment. */
  readonly images: ImageOptions;
  /** Undefined: a random seed. */
  readonly seed: number | undefined;
  readonly report: string | undefined;
  /** Write recordings to standard output and text to standard error. */
  readonly json: boolean;
}

/** Creates the command. A Commander command keeps its parsed values, so each parse needs a new one. */
export function startCommand(environments = environmentNames): Command {
  const program = command(`${npmCommand("start")} --`, "Plays scenarios in the local ECS.")
    .option("--list", "print the scenarios with their descriptions")
    .addOption(
      choice(
        "--scenario <name...>",
        `the scenarios to play, in order (default: ${scenarioNames[0]})`,
        scenarioNames,
        currentName,
      ),
    )
    .addOption(
      choice(
        "--fault <name...>",
        "the faults to play and measure, in order",
        faultNames,
        currentName,
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
      wholeNumber("--seed <number>", "repeat the random choices of an earlier play", [
        0,
        LARGEST_SEED,
      ]),
    )
    .option("--report <file>", "write an HTML report, with before and after side by side")
    .option("--json", "write only the recordings to standard output, as JSON");
  return addInputOptions(addPlayOptions(addAppOptions(addSavedOptions(program))));
}

/**
 * @param environments names of the environments
 * @throws UsageError that says what is allowed
 */
export function startOptions(
  args: readonly string[],
  environments = environmentNames,
): StartOptions {
  const given = parse(startCommand(environments), withTerraformFlags(args)) as {
    list?: boolean;
    scenario?: string[];
    fault?: string[];
    env?: string;
    seed?: number;
    report?: string;
    json?: boolean;
  } & Partial<PlanOptions>;
  const { list = false, fault = [], env, seed, report, json = false } = given;
  const plan = planOf(given, IMAGE_OPTIONS);
  const images = imagesOf(given);
  if (plan && env !== undefined) {
    throw new UsageError("error: --env: not allowed with --plan or --terraform");
  }
  // The default scenario of a plan depends on the plan.
  const isChosen = fault.length > 0 || plan !== undefined;
  const { scenario = isChosen ? [] : scenarioNames.slice(0, 1) } = given;
  const [ofEnvironment] = [
    env !== undefined && "--env",
    plan === undefined && flagGiven(images),
  ].filter(Boolean);
  if (ofEnvironment && fault.length === 0 && scenario.every(hasOwnStack)) {
    const message = `error: ${ofEnvironment}: ${scenario.join(", ")} has its own stack; leave ${ofEnvironment} out`;
    throw new UsageError(message);
  }
  const page = report === undefined ? undefined : writable("--report", report);
  const environment = env ?? defaultOf(environments);
  const played = { scenarios: scenario, faults: fault, environment, plan, images };
  return { list, ...played, seed, report: page, json };
}
