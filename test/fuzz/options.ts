import { choice, command, parse, wholeNumber } from "../../command-line/options.ts";
import { LARGEST_SEED } from "../../harness/plays/stage/random.ts";

export interface FuzzOptions {
  /** Of each target; undefined: as many as the target itself says. */
  readonly inputs?: number;
  readonly seed: number;
  /** Which ones; undefined: all. */
  readonly target?: readonly string[];
}

const MOST_INPUTS = 1_000_000_000;

/**
 * @param targets the names of all
 * @throws UsageError; CommanderError with the exit code 0 after a help text
 */
export const fuzzOptions = (args: readonly string[], targets: readonly string[]): FuzzOptions =>
  parse(
    command("npm run fuzz --", "Gives bad input to what reads input, and tells what came of it.")
      .addOption(
        wholeNumber("--inputs <number>", "how many for each target (default: as it says)", [
          1,
          MOST_INPUTS,
        ]),
      )
      .addOption(
        wholeNumber("--seed <number>", "the same gives the same inputs", [0, LARGEST_SEED]).default(
          1,
        ),
      )
      .addOption(choice("--target <name...>", "which ones (default: all)", targets)),
    args,
  ) as FuzzOptions;
