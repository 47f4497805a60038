import { choiceArgument, command, parse, someText } from "../../../command-line/options.ts";
import { defaultOf, environmentNames } from "../shared/environments.ts";

/** What `npm run upgrade` is asked for. */
export interface UpgradeOptions {
  readonly environment: string;
  /** A tag, a commit or a folder; undefined: the one that is most likely meant. */
  readonly from: string | undefined;
  /** Whether the upgrade is played after the tables. */
  readonly isPlayed: boolean;
  /** Only the row for CHANGELOG. */
  readonly isMarkdown: boolean;
}

export const upgradeCommand = (environments = environmentNames) =>
  command("npm run upgrade --", "Shows what an upgrade does to an environment, and plays it.")
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
        "a tag, a commit, or a folder with a checkout or with what a synthesis wrote (default: HEAD while the stacks or environments.ts have changes, else the last tag before this commit, else the commit before)",
      ),
    )
    .option("--no-play", "only the tables, without the local ECS")
    .option("--markdown", "only a table in Markdown, without the local ECS");

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
