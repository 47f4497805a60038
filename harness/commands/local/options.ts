import type { Command } from "commander";
import { npmCommand } from "../../../command-line/npm-command.ts";
import {
  choiceArgument,
  command,
  parse,
  someText,
  UsageError,
  wholeNumber,
} from "../../../command-line/options.ts";
import { environmentNames } from "../shared/environments.ts";
import {
  addInputOptions,
  addSavedOptions,
  withTerraformFlags,
} from "../shared/options/add-options.ts";
import { checkTerraform, isSaved, type RunOptions } from "../shared/options/options.ts";

export interface LocalOptions extends RunOptions {
  /** How many times faster than in AWS, as in the option of `startLocalEcs`. */
  readonly speed?: number;
  /** Whether to say what would come up, and start nothing. */
  readonly check?: boolean;
  /** Whether to write that as JSON. */
  readonly json?: boolean;
}

/** Creates the command. A Commander command keeps its parsed values, so each parse needs a new one. */
function localCommand(): Command {
  const program = command(
    LOCAL,
    "Runs an environment on this machine until Ctrl-C. Type help during the run for a list of commands.",
  )
    .addArgument(choiceArgument("[env]", "an environment of environments.ts", environmentNames))
    .addOption(someText("--app <command>", "the program to run as the app (default: a guest book)"))
    .addOption(
      someText(
        "--template <file>",
        "a Terraform root module instead of an environment: a .tf.json or .tf file, or a folder",
      ),
    );
  program
    .addOption(
      wholeNumber(
        "--speed <number>",
        "how many times faster than in AWS container health checks, restart policies and the 40 s of an unchecked task are (default: 1)",
        [1, 60],
      ),
    )
    .option("--check", "say what of a plan comes up and what it needs, and start nothing")
    .option("--json", "with --check: write it as JSON");
  return addInputOptions(addSavedOptions(program)).addHelpText("after", EXAMPLES);
}

const LOCAL = `${npmCommand("run local")} --`;

const EXAMPLES = `
Examples:
  ${LOCAL} dev --app "node server.js"
  ${LOCAL} --terraform ./infra --check          what comes up, and what it needs
  ${LOCAL} --terraform ./infra -var region=eu-central-1
  ${LOCAL} --plan plan.json --image game-api="node server.js"
  ${LOCAL} dev --app "node --watch server.js"   restarts the app when a file changes
In another terminal, during a run:
  ${LOCAL} exec dev-app                         opens a shell in a container
  ${LOCAL} logs dev-app --follow                prints what it prints
`;

/** @throws UsageError; CommanderError with the exit code 0 after a help text */
export function localOptions(args: readonly string[]): LocalOptions {
  const program = localCommand();
  const given = parse(program, withTerraformFlags(args)) as Omit<LocalOptions, "env">;
  const [env] = program.processedArgs as [string?];
  const { template, plan, terraform } = given;
  const sources = [env, template, plan, terraform].filter((source) => source !== undefined);
  if (sources.length !== 1) {
    const names = environmentNames.join(", ");
    throw new UsageError(
      `error: give one of: an environment (${names}), --terraform FOLDER, --template FILE, --plan FILE`,
    );
  }
  checkPlanOptions(given);
  return env === undefined ? given : { ...given, env };
}

/** @throws UsageError for an option that needs `--plan` or `--terraform` */
function checkPlanOptions(given: Omit<LocalOptions, "env">): void {
  const { then, yes, resolve, check, json } = given;
  if (json === true && check !== true) throw new UsageError("error: option --json: needs --check");
  checkTerraform(given);
  if (isSaved(given)) return;
  const wanting = [
    ["check", check],
    ["then", then],
    ["yes", yes],
    ["resolve", Object.keys(resolve)[0]],
  ] as const;
  const [option] = wanting.find(([, value]) => value !== undefined) ?? [];
  if (option !== undefined)
    throw new UsageError(`error: option --${option}: needs --plan or --terraform`);
}
