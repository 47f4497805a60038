import type { Length } from "../../soak/schedule.ts";
import type { AppendFsync, Defect } from "../../soak/setup.ts";
import { LARGEST_SEED } from "../../plays/stage/random.ts";
import { npmCommand } from "../../../command-line/npm-command.ts";
import {
  choice,
  command,
  parse,
  UsageError,
  wholeNumber,
  writable,
} from "../../../command-line/options.ts";

const APPEND_FSYNC: readonly AppendFsync[] = ["always", "everysec"];
const DEFECTS: readonly Defect[] = ["no-lock", "no-file"];

export interface SoakCommandOptions {
  readonly length: Length;
  /** Undefined: a random seed. */
  readonly seed: number | undefined;
  /** Undefined: the environment's value. */
  readonly appendfsync: AppendFsync | undefined;
  readonly defect: Defect | undefined;
  /** Only print the schedule. */
  readonly list: boolean;
  /** The file for figures during the run. */
  readonly checkpoint: string | undefined;
  readonly results: boolean;
}

/** The arguments as given. */
type Given = Partial<Omit<SoakCommandOptions, "length">> & {
  readonly minutes?: number;
  readonly moves?: number;
};

/** Creates the command. A Commander command keeps its parsed values, so each parse needs a new one. */
const soakCommand = () =>
  command(
    "npm run soak --",
    "Moves Redis repeatedly, with other random faults, under load, and looks for every acknowledged write.",
  )
    .addOption(wholeNumber("--minutes <number>", "duration (default: 1)", [1, 10_000]))
    .addOption(
      wholeNumber("--moves <number>", "number of moves, instead of --minutes", [1, 100_000]),
    )
    .addOption(
      wholeNumber("--seed <number>", "repeat the faults of an earlier run", [0, LARGEST_SEED]),
    )
    .addOption(
      choice(
        "--appendfsync <policy>",
        "when Redis writes to disk (default: the environment's value)",
        APPEND_FSYNC,
      ),
    )
    .addOption(choice("--defect <name>", "introduce this defect, to see the soak fail", DEFECTS))
    .option("--list", "print the schedule of faults without playing it")
    .option("--checkpoint <file>", "write the figures every 50 rounds")
    .option("--results", "write the figures to studies/results/soak.json if no claim failed");

/** @throws UsageError; CommanderError with the exit code 0 after a help text */
export function soakOptions(args: readonly string[]): SoakCommandOptions {
  const given = parse(soakCommand(), args) as Given;
  const { minutes, moves, seed, appendfsync, defect } = given;
  if (minutes !== undefined && moves !== undefined) {
    throw new UsageError("error: give either --minutes or --moves");
  }
  if (given.results === true && defect !== undefined) {
    throw new UsageError("error: --results: not allowed with --defect");
  }
  const { checkpoint } = given;
  return {
    length: moves === undefined ? { minutes: minutes ?? 1 } : { moves },
    seed,
    appendfsync,
    defect,
    list: given.list ?? false,
    checkpoint: checkpoint === undefined ? undefined : writable("--checkpoint", checkpoint),
    results: given.results ?? false,
  };
}

/** The command that repeats this run. */
export function commandOf(
  { length, appendfsync, defect }: Pick<SoakCommandOptions, "length" | "appendfsync" | "defect">,
  seed: number,
): string {
  const [[name, value] = ["minutes", 1]] = Object.entries(length);
  return [
    `${npmCommand("run soak")} -- --${name} ${value} --seed ${seed}`,
    ...(appendfsync === undefined ? [] : [`--appendfsync ${appendfsync}`]),
    ...(defect === undefined ? [] : [`--defect ${defect}`]),
  ].join(" ");
}
