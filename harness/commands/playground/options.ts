import { npmCommand } from "../../../command-line/npm-command.ts";
import { LARGEST_SEED } from "../../plays/stage/random.ts";
import type { Command } from "commander";
import {
  addInputOptions,
  addPlayOptions,
  addSavedOptions,
  withTerraformFlags,
} from "../shared/options/add-options.ts";
import {
  checkPath,
  flagGiven,
  IMAGE_OPTIONS,
  type ImageOptions,
  imagesOf,
  type PlanOptions,
  planOf,
} from "../shared/options/options.ts";
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

export interface PlaygroundOptions {
  readonly environment: string;
  /** The setups to run. They start in this order. */
  readonly setups: readonly (typeof SETUPS)[number][];
  readonly plan: PlanOptions | undefined;
  /** The images of the environment. */
  readonly images: ImageOptions;
  /** The app's command. Undefined: the example app. */
  readonly app: string | undefined;
  /** The path that users request. Undefined: the health check's path. */
  readonly path: string | undefined;
  /** 0: any free port. */
  readonly port: number;
  /** Undefined: a random seed. */
  readonly seed: number | undefined;
}

/** Creates the command. A Commander command keeps its parsed values, so each parse needs a new one. */
function playgroundCommand(environments: readonly string[]): Command {
  const program = command(
    `${npmCommand("run playground")} --`,
    "Runs an environment and the old setup (app and Redis in one task) in the local ECS, and serves a page that shows both, with buttons for faults.",
  )
    .addArgument(
      choiceArgument("[env]", "the environment", environments).default(defaultOf(environments)),
    )
    .addOption(choice("--only <setup>", "run one setup (default: both)", SETUPS))
    .option(
      "--app <command>",
      "the program to run as the app in both setups (default: a guest book). Users then request the path of its health check with GET",
    )
    .option(
      "--path <path>",
      "the path that users of --app request with GET; 2xx is a success, anything else a failure (default: the path of its health check)",
    )
    .addOption(
      wholeNumber("--port <number>", "the port of the page (default: any free port)", [0, 65_535]),
    )
    .addOption(
      wholeNumber("--seed <number>", "repeat the random choices of an earlier run", [
        0,
        LARGEST_SEED,
      ]),
    );
  return addInputOptions(addPlayOptions(addSavedOptions(program)));
}

/**
 * @param environments names of the environments
 * @throws UsageError; CommanderError with the exit code 0 after a help text
 */
export function playgroundOptions(
  args: readonly string[],
  environments = environmentNames,
): PlaygroundOptions {
  const program = playgroundCommand(environments);
  const given = parse(program, withTerraformFlags(args)) as Partial<
    Omit<PlaygroundOptions, "plan">
  > &
    Partial<PlanOptions> & { readonly only?: (typeof SETUPS)[number] };
  const { only, app, path, port = 0, seed } = given;
  const plan = planOf(given, ["app", "path", ...IMAGE_OPTIONS]);
  const images = imagesOf(given);
  if (app?.trim() === "") {
    throw new UsageError('error: option --app: expected a command such as "node server.js"');
  }
  if (plan === undefined) checkUsers(path, app);
  else checkAlone(program, only);
  const ofImages = plan === undefined ? flagGiven(images) : undefined;
  if (ofImages !== undefined && (only === "old" || app !== undefined)) {
    const why = app === undefined ? "--only old has its own images" : "not allowed with --app";
    throw new UsageError(`error: option ${ofImages}: ${why}`);
  }
  const environment = String(program.processedArgs[0]);
  const setups = only ? [only] : SETUPS;
  return { environment, setups, plan, images, app, path, port, seed };
}

/** @throws UsageError for an argument that needs an environment */
function checkAlone(program: Command, only: string | undefined): void {
  const env = program.args[0];
  const [what] = [...(env === undefined ? [] : [`[env]: ${env}`]), ...(only ? ["--only"] : [])];
  if (what === undefined) return;
  throw new UsageError(`error: ${what}: not allowed with --plan or --terraform`);
}

function checkUsers(path: string | undefined, app: string | undefined): void {
  if (path === undefined) return;
  if (app === undefined) {
    throw new UsageError("error: option --path: needs --app or --plan");
  }
  checkPath(path);
}
