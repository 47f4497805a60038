import { npmCommand } from "../../../command-line/npm-command.ts";
import { command, parse, someText } from "../../../command-line/options.ts";
import {
  addAppOptions,
  addInputOptions,
  addPlayOptions,
  addReadOptions,
} from "../shared/options/add-options.ts";
import { type PlanOptions, planName, planOf } from "../shared/options/options.ts";

export interface UpgradeOptions {
  readonly plan: PlanOptions;
  /** The name in the report. */
  readonly name: string;
  /** Whether to play the change. */
  readonly isPlayed: boolean;
  /** Write a comment for a pull request to standard output, and everything else to standard error. */
  readonly isMarkdown: boolean;
}

const upgradeCommand = () => {
  const program = command(
    `${npmCommand("run upgrade")} --`,
    "Shows what a plan does to a running environment, and plays it: the present services with data and users, then the change. Exit 0: Redis keeps its data and did as reported. Exit 1: it does not. Exit 2: wrong arguments.",
  )
    .argument("<plan>", "a plan, written by terraform show -json")
    .addOption(someText("--env <name>", "the name in the report (default: that of the file)"))
    .option("--no-play", "only report what the plan says; nothing runs")
    .option("--markdown", "write a comment for a pull request to standard output");
  return addInputOptions(addPlayOptions(addAppOptions(addReadOptions(program))));
};

/** @throws UsageError; CommanderError with the exit code 0 after a help text */
export function upgradeOptions(args: readonly string[]): UpgradeOptions {
  const program = upgradeCommand();
  const {
    env,
    play,
    markdown: isMarkdown = false,
    ...given
  } = parse(program, args) as {
    env?: string;
    play: boolean;
    markdown?: boolean;
  } & Partial<PlanOptions>;
  const [file = ""] = program.args;
  const plan = planOf({ ...given, plan: file }) as PlanOptions;
  const name = env ?? planName(file);
  return { plan, name, isPlayed: play, isMarkdown };
}
