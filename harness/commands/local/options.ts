import type { Command } from "commander";
import {
  choiceArgument,
  command,
  parse,
  someText,
  UsageError,
} from "../../../command-line/options.ts";
import { environmentNames } from "../shared/environments.ts";
import { addInputOptions, addSavedOptions, type SourceOptions } from "../source/options.ts";

/** The command; made anew for each parse, since it keeps what it has parsed. */
export function localCommand(): Command {
  const program = command(
    "npm run local --",
    "Runs an environment here until Ctrl-C; help lists the commands that can be typed.",
  )
    .addArgument(choiceArgument("[env]", "an environment of environments.ts", environmentNames))
    .addOption(someText("--app <command>", "the program to run as the app (default: a guest book)"))
    .addOption(
      someText(
        "--template <file>",
        "a root module in place of an environment: .tf.json, .tf, or a folder",
      ),
    );
  return addInputOptions(addSavedOptions(program)).addHelpText("after", EXAMPLES);
}

const EXAMPLES = `
Examples:
  npm run local -- dev --app "node server.js"
  npm run local -- --plan plan.json --image game-api="node server.js"
  npm run local -- dev --app "node --watch server.js"   restarts it in place when a file changes
`;

/** @throws UsageError; CommanderError with the exit code 0 after a help text */
export function localOptions(args: readonly string[]): SourceOptions {
  const program = localCommand();
  const given = parse(program, args) as Omit<SourceOptions, "env">;
  const [env] = program.processedArgs as [string?];
  const sources = [env, given.template, given.plan].filter((source) => source !== undefined);
  if (sources.length !== 1) {
    const names = environmentNames.join(", ");
    throw new UsageError(
      `error: give either an environment, one of ${names}, or --template FILE, or --plan FILE`,
    );
  }
  checkPlanOptions(given);
  return env === undefined ? given : { ...given, env };
}

/** @throws UsageError naming an option that belongs to a plan, where there is none */
function checkPlanOptions({ plan, then, yes, resolve }: SourceOptions): void {
  if (plan !== undefined) return;
  const given = [
    ["then", then],
    ["yes", yes],
    ["resolve", Object.keys(resolve)[0]],
  ] as const;
  const [option] = given.find(([, value]) => value !== undefined) ?? [];
  if (option !== undefined) throw new UsageError(`error: option --${option}: only with --plan`);
}
