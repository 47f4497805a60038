import { choice, command, parse } from "../../command-line/options.ts";

export interface BenchOptions {
  /** Figures to measure; undefined: all. */
  readonly only?: readonly string[];
  readonly quick: boolean;
  readonly json: boolean;
  /** A missed goal fails the command. */
  readonly check: boolean;
}

/**
 * @param figures the names of all
 * @throws UsageError; CommanderError with the exit code 0 after a help text
 */
export const benchOptions = (args: readonly string[], figures: readonly string[]): BenchOptions =>
  parse(
    command("npm run bench --", "Measures the dialer beside what it is compared with, in one run.")
      .addOption(choice("--only <name...>", "which figures (default: all)", figures))
      .option("--quick", "fewer rounds, and no file is written", false)
      .option("--json", "print JSON in place of tables", false)
      .option("--check", "exit 1 where a goal is missed", false),
    args,
  ) as BenchOptions;
