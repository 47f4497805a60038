import { choiceArgument, command, parse, someText } from "../../../command-line/options.ts";
import { defaultOf, environmentNames } from "../shared/environments.ts";

export interface UpgradeOptions {
  readonly environment: string;
  /** A tag, a commit or a folder. Undefined: the most likely one. */
  readonly from: string | undefined;
  /** Whether to play the upgrade after the tables. */
  readonly isPlayed: boolean;
  /** Print only the row for CHANGELOG. */
  readonly isMarkdown: boolean;
}

const upgradeCommand = (environments = environmentNames) =>
  command("npm run upgrade --", "Shows what an upgrade does to an environment and plays it.")
    .addArgument(
      choiceArgument(
        "[env]",
        `the environment (default: ${defaultOf(environments)})`,
        environments,
      ),
    )
    .addOption(
      someText(
        "--from <version>",
        "a tag, a commit, or a folder with a checkout or the output of a synthesis (default: HEAD if the stacks or environments.ts have changes, else the last tag before this commit, else the previous commit)",
      ),
    )
    .option("--no-play", "print only the tables; the local ECS does not run")
    .option("--markdown", "print only a table in Markdown; the local ECS does not run");

/** @throws UsageError; CommanderError with the exit code 0 after a help text */
export function upgradeOptions(
  args: readonly string[],
  environments = environmentNames,
): UpgradeOptions {
  const program = upgradeCommand(environments);
  const {
    from,
    play,
    markdown = false,
  } = parse(program, args) as {
    from?: string;
    play: boolean;
    markdown?: boolean;
  };
  const [environment = defaultOf(environments)] = program.args;
  return { environment, from, isPlayed: play && !markdown, isMarkdown: markdown };
}
