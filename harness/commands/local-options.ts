import { accessSync, constants } from "node:fs";
import { resolve } from "node:path";
import { messageOf } from "../ecs/index.ts";
import { environmentNames } from "../plays/setups/environment-setup.ts";
import { assignments, choiceArgument, command, parse, UsageError } from "./command-line.ts";

/** Text by name: what `--secret NAME=TEXT`, given several times, becomes. */
export type Assigned = Readonly<Record<string, string>>;

/** The options of `npm run local`. */
export interface LocalOptions {
  /** An environment of `environments.ts`; undefined with a template. */
  readonly env?: string;
  readonly template?: string;
  readonly app?: string;
  readonly image: Assigned;
  readonly user: Assigned;
  readonly parameter: Assigned;
  readonly secret: Assigned;
  readonly attribute: Assigned;
  readonly namespace: Assigned;
}

const program = command("npm run local --", "Runs an environment here until Ctrl-C.")
  .addArgument(choiceArgument("[env]", "an environment of environments.ts", environmentNames))
  .option("--app <command>", "what the app's image is here (default: an app for trying it out)")
  .option("--template <file>", "a cdk.tf.json in place of an environment")
  .addOption(assignments("--image <name=command>", "what another image is here; may be repeated"))
  .addOption(assignments("--user <name=uid:gid>", "a user of the images; may be repeated"))
  .addOption(assignments("--parameter <name=value>", "an SSM parameter; may be repeated"))
  .addOption(assignments("--secret <name=value>", "a secret outside the template; may be repeated"))
  .addOption(assignments("--attribute <address=value>", "what only AWS knows; may be repeated"))
  .addOption(
    assignments("--namespace <id=name>", "a namespace outside the template; may be repeated"),
  );

/** @throws UsageError; CommanderError with the exit code 0 after a help text */
export function localOptions(args: readonly string[]): LocalOptions {
  const given = parse(program, args) as Omit<LocalOptions, "env">;
  const [env] = program.processedArgs as [string?];
  if ((env === undefined) !== (given.template === undefined)) {
    return env === undefined ? given : { ...given, env };
  }
  const names = environmentNames.join(", ");
  throw new UsageError(`error: give either an environment, one of ${names}, or --template FILE`);
}

/**
 * The path of a template.
 * @param folder where the user is
 * @throws UsageError naming the option and the path where it cannot be read
 */
export function templateFile(file: string, folder: string): string {
  const path = resolve(folder, file);
  try {
    accessSync(path, constants.R_OK);
    return path;
  } catch (error) {
    const message = `error: option --template: cannot read ${path}: ${messageOf(error)}`;
    throw new UsageError(message, { cause: error });
  }
}

/** How errors of the local ECS name its options, and the options here. */
const TERMS: readonly (readonly [RegExp, string])[] = [
  [/give one in the option secrets or parameters/g, "give one with --secret NAME=TEXT"],
  [/give one in the option parameters/g, "give one with --parameter NAME=TEXT"],
  [/give a local value in the option attributes/g, "give one with --attribute ADDRESS=TEXT"],
  [/give its name in the option namespaces/g, "give its name with --namespace ID=NAME"],
  [/give it in the image's users, \{ "([^"]+)": "([^"]+)" \}/g, "give it with --user $1=$2"],
];

/** An error as it reads at the command line: a mistake in the arguments where one of them helps. */
export function inTermsOfOptions(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const told = TERMS.reduce(
    (text, [pattern, term]) => text.replaceAll(pattern, term),
    error.message,
  );
  return told === error.message ? error : new UsageError(`error: ${told}`, { cause: error });
}
