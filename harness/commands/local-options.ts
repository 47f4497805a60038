import { Option } from "commander";
import {
  assignments,
  choiceArgument,
  command,
  parse,
  someText,
  UsageError,
} from "./command-line.ts";
import { environmentNames } from "./environments.ts";

/** Text by name: what `--secret NAME=TEXT`, given several times, becomes. */
export type Assigned = Readonly<Record<string, string>>;

/** The options of `npm run local`. */
export interface LocalOptions {
  /** An environment of `environments.ts`; undefined with a template or a plan. */
  readonly env?: string;
  readonly template?: string;
  /** What `terraform show -json` writes of a plan or a state. */
  readonly plan?: string;
  /** A plan of what the first one leaves. */
  readonly then?: string;
  /** Addresses, by the address of what refers to them. */
  readonly resolve: Assigned;
  /** Whether the commands of a plan run without a question. */
  readonly yes?: boolean;
  readonly app?: string;
  readonly image: Assigned;
  readonly user: Assigned;
  readonly parameter: Assigned;
  readonly secret: Assigned;
  readonly attribute: Assigned;
  readonly namespace: Assigned;
}

/** The command; made anew for each parse, since it keeps what it has parsed. */
export const localCommand = () =>
  command("npm run local --", "Runs an environment here until Ctrl-C; d deploys the app again.")
    .addArgument(choiceArgument("[env]", "an environment of environments.ts", environmentNames))
    .addOption(someText("--app <command>", "the program to run as the app (default: a guest book)"))
    .addOption(
      someText(
        "--template <file>",
        "a root module in place of an environment: .tf.json, .tf, or a folder",
      ),
    )
    .addOption(
      someText(
        "--plan <file>",
        "a plan or a state in place of an environment, as terraform show -json writes it",
      ),
    )
    .addOption(someText("--then <file>", "a plan of what --plan leaves: it is deployed next"))
    .addOption(
      assignments(
        "--resolve <address=address>",
        "what an argument of a plan refers to, where that is not known before apply; may be repeated",
      ),
    )
    .addOption(new Option("--yes", "run the commands of a plan without a question"))
    .addOption(
      assignments(
        "--image <name=command>",
        "the program to run for another image; may be repeated",
      ),
    )
    .addOption(
      assignments(
        "--user <name=uid:gid>",
        "the ids of a user that the images name; may be repeated",
      ),
    )
    .addOption(assignments("--parameter <name=value>", "an SSM parameter; may be repeated"))
    .addOption(
      assignments("--secret <name=value>", "a secret outside the template; may be repeated"),
    )
    .addOption(
      assignments("--attribute <address=value>", "a value that only AWS knows; may be repeated"),
    )
    .addOption(
      assignments("--namespace <id=name>", "a namespace outside the template; may be repeated"),
    )
    .addHelpText(
      "after",
      `
Examples:
  npm run local -- dev --app "node server.js"
  npm run local -- --plan plan.json --image game-api="node server.js"
  npm run local -- dev --app "node --watch server.js"   restarts it in place when a file changes
`,
    );

/** @throws UsageError; CommanderError with the exit code 0 after a help text */
export function localOptions(args: readonly string[]): LocalOptions {
  const program = localCommand();
  const given = parse(program, args) as Omit<LocalOptions, "env">;
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
function checkPlanOptions({ plan, then, yes, resolve }: LocalOptions): void {
  if (plan !== undefined) return;
  const given = [
    ["then", then],
    ["yes", yes],
    ["resolve", Object.keys(resolve)[0]],
  ] as const;
  const [option] = given.find(([, value]) => value !== undefined) ?? [];
  if (option !== undefined) throw new UsageError(`error: option --${option}: only with --plan`);
}
