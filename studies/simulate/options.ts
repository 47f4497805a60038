import { choice, command, parse, wholeNumber, wholeNumbers } from "../../command-line/options.ts";
import { LARGEST_SEED } from "../../harness/plays/stage/random.ts";

export const PARTS = ["moves", "hosts", "api", "steady", "sample"] as const;
export type Part = (typeof PARTS)[number];

export interface SimulateOptions {
  readonly only: readonly Part[];
  /** Rows of the first table. */
  readonly clients: readonly number[];
  readonly seed: number;
  /** Maximum of simulated clients. With more clients, each represents several. */
  readonly most: number;
  /** ms */
  readonly gap: number;
  /** ms */
  readonly propagation: number;
  /** Whether all options have their defaults. Only then the figures are saved. */
  readonly isFull: boolean;
}

/** The parsed options, with times in seconds. */
type Given = Omit<SimulateOptions, "only" | "clients" | "isFull"> &
  Partial<Pick<SimulateOptions, "only" | "clients">>;

const SECONDS_TO_MS = 1_000;
const CLIENTS = [10, 200, 1_000, 100_000];

const simulateCommand = () =>
  command(
    "npm run simulate --prefix studies --",
    "Moves Redis under simulated clients that run the code of srv-dialer. Without options it writes studies/results/simulate.json, docs/evidence.md and docs/simulation.svg.",
  )
    .addOption(choice("--only <part...>", "which parts (default: all)", PARTS))
    .addOption(
      wholeNumbers(
        "--clients <number...>",
        `processes (default: ${CLIENTS.join(", ")})`,
        [1, 1_000_000],
      ),
    )
    .addOption(
      wholeNumber(
        "--most <number>",
        "maximum of simulated processes; with more clients, each represents several",
        [1, 1_000_000],
      ).default(2_000),
    )
    .addOption(
      wholeNumber(
        "--gap <seconds>",
        "time from the stop of Redis to the start of the next task",
        [1, 3_600],
      ).default(15),
    )
    .addOption(
      wholeNumber(
        "--propagation <seconds>",
        "time until DNS has a change in Cloud Map",
        [0, 300],
      ).default(5),
    )
    .addOption(
      wholeNumber("--seed <number>", "the same seed gives the same figures", [
        0,
        LARGEST_SEED,
      ]).default(1),
    );

/** @throws UsageError; CommanderError with the exit code 0 after a help text */
export function simulateOptions(args: readonly string[]): SimulateOptions {
  const given = parse(simulateCommand(), args) as Given;
  const { only = PARTS, clients = CLIENTS, gap, propagation } = given;
  return {
    ...given,
    clients,
    only: PARTS.filter((part) => only.includes(part)),
    gap: gap * SECONDS_TO_MS,
    propagation: propagation * SECONDS_TO_MS,
    isFull: args.length === 0,
  };
}
