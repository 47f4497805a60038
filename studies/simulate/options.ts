import { choice, command, parse, wholeNumber, wholeNumbers } from "../../command-line/options.ts";
import { LARGEST_SEED } from "../../harness/plays/stage/random.ts";

const PARTS = ["moves", "hosts", "api"] as const;

export interface SimulateOptions {
  readonly only: readonly (typeof PARTS)[number][];
  /** Rows of the first table. */
  readonly clients: readonly number[];
  readonly seed: number;
  /** Whether all options have their defaults. Only then the figures are saved. */
  readonly isFull: boolean;
}

type Given = Pick<SimulateOptions, "seed"> & Partial<Pick<SimulateOptions, "only" | "clients">>;

const CLIENTS = [10, 200, 1_000];

const simulateCommand = () =>
  command(
    "npm run simulate --prefix studies --",
    "Moves Redis under simulated clients that run the code of srv-dialer. Without options it writes studies/results/simulate.json and docs/evidence.md.",
  )
    .addOption(choice("--only <part...>", "which parts (default: all)", PARTS))
    .addOption(
      wholeNumbers(
        "--clients <number...>",
        `processes (default: ${CLIENTS.join(", ")})`,
        [1, 20_000],
      ),
    )
    .addOption(
      wholeNumber("--seed <number>", "the same seed gives the same figures", [
        0,
        LARGEST_SEED,
      ]).default(1),
    );

/** @throws UsageError; CommanderError with the exit code 0 after a help text */
export function simulateOptions(args: readonly string[]): SimulateOptions {
  const { only = PARTS, clients = CLIENTS, seed } = parse(simulateCommand(), args) as Given;
  return {
    clients,
    seed,
    only: PARTS.filter((part) => only.includes(part)),
    isFull: args.length === 0,
  };
}
