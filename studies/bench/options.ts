import { choice, command, parse } from "../../command-line/options.ts";

export interface BenchOptions {
  /** Figures to measure. @default all */
  readonly only?: readonly string[];
  readonly quick: boolean;
  readonly json: boolean;
  /** Whether a missed goal fails the command. */
  readonly check: boolean;
}

/**
 * @param figures the names of all
 * @throws UsageError; CommanderError with the exit code 0 after a help text
 */
export const benchOptions = (args: readonly string[], figures: readonly string[]): BenchOptions =>
  parse(
    command("npm run bench --", "Compares the dialer with alternatives, all in one run.")
      .addOption(choice("--only <name...>", "which figures (default: all)", figures))
      .option("--quick", "fewer rounds; writes no file", false)
      .option("--json", "print JSON instead of tables", false)
      .option("--check", "exit 1 if a goal is missed", false),
    args,
  ) as BenchOptions;
