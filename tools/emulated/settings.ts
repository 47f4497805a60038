import { InvalidArgumentError, Option } from "commander";
import { command, parse, UsageError } from "../../command-line/arguments.ts";
import { ConfigError } from "../../stacks/config/config-error.ts";
import type { Environment } from "../../stacks/config/environment-schema.ts";
import { parseEnvironments } from "../../stacks/config/parse-environments.ts";
import { problemWithTerraform, programOf } from "../../stacks/terraform-program.ts";
import { endpointIn } from "./endpoint.ts";
import { SetupError } from "./setup-error.ts";

/** The settings of `npm run emulated`. */
export interface Settings {
  readonly environment: Environment;
  /** The emulator's URL. */
  readonly endpoint: URL;
  /** Terraform or OpenTofu. */
  readonly program: string;
  /** Timeout of one command of Terraform, in milliseconds. */
  readonly timeout: number;
}

const MINUTE = 60_000;
const MAX_MINUTES = 600;

/** A new command for each parse, because commander stores the parsed arguments in it. */
const emulatedCommand = () =>
  command(
    "npm run emulated --",
    "Deploys an environment to an emulated AWS API (AWS_ENDPOINT_URL), releases its app and destroys it.",
  )
    .argument("[env]", "the environment")
    .addOption(
      new Option("--timeout <minutes>", "timeout of one command of Terraform")
        .argParser(minutes)
        .default(20),
    );

function minutes(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= MAX_MINUTES) return value;
  throw new InvalidArgumentError(`Allowed: a whole number from 1 to ${MAX_MINUTES}.`);
}

/**
 * @param environments what `environments.ts` exports
 * @param variables the environment variables of this process
 * @throws SetupError, ConfigError, UsageError; CommanderError with the exit code 0 after a help text
 */
export function emulatedSettings(
  environments: object,
  args: readonly string[],
  variables: Readonly<Record<string, string | undefined>>,
): Settings {
  const program = emulatedCommand();
  const { timeout } = parse(program, args) as { timeout: number };
  const all = parseEnvironments(environments);
  const names = all.map(({ name }) => name);
  const [name] = program.args;
  if (name === undefined) {
    throw new UsageError(`error: the environment is missing; allowed: ${names.join(", ")}`);
  }
  const environment = all.find((each) => each.name === name);
  if (environment === undefined) throw ConfigError.unknownEnvironment(name, names);
  const endpoint = endpointIn(variables);
  const problem = problemWithTerraform(variables);
  if (problem !== undefined) throw new SetupError(`${problem.missing}. ${problem.remedy}`);
  return { environment, endpoint, program: programOf(variables), timeout: timeout * MINUTE };
}
