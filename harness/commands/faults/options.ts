import { command, parse, wholeNumber } from "../../../command-line/options.ts";

export interface FaultsOptions {
  readonly only?: string;
  readonly parallel: number;
}

const faultsCommand = () =>
  command("npm run faults --", "Plays every fault and writes docs/faults.md.")
    .option(
      "--only <text>",
      "play only the faults whose title contains this text; prints the table and writes no file",
    )
    .addOption(wholeNumber("--parallel <number>", "plays at the same time", [1, 16]).default(2));

/** @throws UsageError; CommanderError with the exit code 0 after a help text */
export const faultsOptions = (args: readonly string[]): FaultsOptions =>
  parse(faultsCommand(), args) as FaultsOptions;
