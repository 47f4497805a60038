import { command, parse, wholeNumber } from "../../command-line/options.ts";

/** The options of `npm run figures`. */
export interface FiguresOptions {
  readonly times: number;
}

export const figuresCommand = () =>
  command(
    "npm run figures --",
    "Measures what README and guides tell, and writes results/figures.json.",
  ).addOption(
    wholeNumber("--times <number>", "how often each scenario is played", [1, 100]).default(5),
  );

/** @throws UsageError; CommanderError with the exit code 0 after a help text */
export const figuresOptions = (args: readonly string[]): FiguresOptions =>
  parse(figuresCommand(), args) as FiguresOptions;
