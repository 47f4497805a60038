import { LARGEST_SEED } from "../../plays/stage/random.ts";
import type { Command } from "commander";
import {
  addInputOptions,
  addPlayOptions,
  addSavedOptions,
  checkPath,
  type PlanOptions,
  planOf,
} from "../source/options.ts";
import {
  choice,
  choiceArgument,
  command,
  parse,
  UsageError,
  wholeNumber,
} from "../../../command-line/options.ts";
import { defaultOf, environmentNames } from "../shared/environments.ts";

const SETUPS = ["new", "old"] as const;

/** What `npm run playground` is asked for. */
export interface PlaygroundOptions {
  readonly environment: string;
  /** The setups to run; the first one is there first. */
  readonly setups: readonly (typeof SETUPS)[number][];
  /** A plan in place of both setups. */
  readonly plan: PlanOptions | undefined;
  /** The command that is the app; undefined: the example app. */
  readonly app: string | undefined;
  /** What users of the command ask for; undefined: what the health check asks for. */
  readonly path: string | undefined;
  /** 0: any that is free. */
  readonly port: number;
  /** Undefined: a new one is drawn. */
  readonly seed: number | undefined;
}

/** The command; made anew for each parse, since it keeps what it has parsed. */
function playgroundCommand(environments: readonly string[]): Command {
  const program = command(
    "npm run playground --",
    "Runs an environment in the local ECS, beside the old setup with app and Redis in one task, and serves a page to watch both and to break both.",
  )
    .addArgument(
      choiceArgument("[env]", "the environment", environments).default(defaultOf(environments)),
    )
    .addOption(choice("--only <setup>", "runs one setup instead of both (default: both)", SETUPS))
    .option(
      "--app <command>",
      "what the app's image is here, in both setups (default: a guest book). Users then ask for GET of its health check's path, not for a guest book",
    )
    .option(
      "--path <path>",
      "what users of --app ask for with GET; 2xx is served, anything else failed (default: the path of its health check)",
    )
    .addOption(
      wholeNumber("--port <number>", "the page's port (default: any that is free)", [0, 65_535]),
    )
    .addOption(
      wholeNumber("--seed <number>", "repeats the draws of an earlier run", [0, LARGEST_SEED]),
    );
  return addInputOptions(addPlayOptions(addSavedOptions(program)));
}

/**
 * @param environments names of those that there are
 * @throws UsageError; CommanderError with the exit code 0 after a help text
 */
export function playgroundOptions(
  args: readonly string[],
  environments = environmentNames,
): PlaygroundOptions {
  const program = playgroundCommand(environments);
  const given = parse(program, args) as Partial<Omit<PlaygroundOptions, "plan">> &
    Partial<PlanOptions> & { readonly only?: (typeof SETUPS)[number] };
  const { only, app, path, port = 0, seed } = given;
  const plan = planOf(given, ["app", "path"]);
  if (app?.trim() === "") {
    throw new UsageError("error: option --app: expected a command, as “node server.js”");
  }
  if (plan === undefined) checkUsers(path, app);
  else checkAlone(program, only);
  const environment = String(program.processedArgs[0]);
  return { environment, setups: only ? [only] : SETUPS, plan, app, path, port, seed };
}

/** @throws UsageError naming what belongs to an environment */
function checkAlone(program: Command, only: string | undefined): void {
  const env = program.args[0];
  const [what] = [...(env === undefined ? [] : [`[env]: ${env}`]), ...(only ? ["--only"] : [])];
  if (what === undefined) return;
  throw new UsageError(`error: ${what}: with --plan there is no environment; leave it out`);
}

function checkUsers(path: string | undefined, app: string | undefined): void {
  if (path === undefined) return;
  if (app === undefined) {
    throw new UsageError(
      "error: option --path: only with --app or --plan; users of the guest book sign it",
    );
  }
  checkPath(path);
}
