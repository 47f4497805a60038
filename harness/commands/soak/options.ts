import { type AppendFsync, APPEND_FSYNC } from "../../soak/append-fsync.ts";
import type { Length } from "../../soak/schedule/planned.ts";
import { type Defect, DEFECTS } from "../../soak/defects.ts";
import { LARGEST_SEED } from "../../plays/stage/random.ts";
import {
  choice,
  command,
  parse,
  UsageError,
  wholeNumber,
  writable,
} from "../../../command-line/options.ts";

/** What `npm run soak` is asked for. */
export interface SoakCommandOptions {
  readonly length: Length;
  /** Undefined: a new one is drawn. */
  readonly seed: number | undefined;
  /** Undefined: as the environment says. */
  readonly appendfsync: AppendFsync | undefined;
  readonly defect: Defect | undefined;
  /** Only print the schedule. */
  readonly list: boolean;
  /** The page to write. */
  readonly report: string | undefined;
  /** The file for figures of a run that goes on. */
  readonly checkpoint: string | undefined;
  /** Whether the figures go to `studies/results/`. */
  readonly results: boolean;
}

/** As they are given. */
type Given = Partial<Omit<SoakCommandOptions, "length">> & {
  readonly minutes?: number;
  readonly moves?: number;
};

/** The command; made anew for each parse, since it keeps what it has parsed. */
export const soakCommand = () =>
  command(
    "npm run soak --",
    "Moves Redis again and again, with random other faults, under clients whose history is checked.",
  )
    .addOption(wholeNumber("--minutes <number>", "how long (default: 1)", [1, 10_000]))
    .addOption(
      wholeNumber("--moves <number>", "how many moves, in place of --minutes", [1, 100_000]),
    )
    .addOption(wholeNumber("--seed <number>", "the faults of an earlier run", [0, LARGEST_SEED]))
    .addOption(
      choice(
        "--appendfsync <policy>",
        "when Redis brings writes onto the disk (default: as the environment says)",
        APPEND_FSYNC,
      ),
    )
    .addOption(
      choice(
        "--defect <name>",
        "break this on purpose, to see the soak fail",
        Object.keys(DEFECTS),
      ),
    )
    .option("--list", "print the schedule of faults, and play nothing")
    .option("--report <file>", "write an HTML page with charts")
    .option("--checkpoint <file>", "write the figures after every 50 rounds")
    .option("--results", "write the figures to studies/results/soak.json, if no claim failed");

/** @throws UsageError; CommanderError with the exit code 0 after a help text */
export function soakOptions(args: readonly string[]): SoakCommandOptions {
  const given = parse(soakCommand(), args) as Given;
  const { minutes, moves, seed, appendfsync, defect } = given;
  if (minutes !== undefined && moves !== undefined) {
    throw new UsageError("error: give either --minutes or --moves");
  }
  if (given.results === true && defect !== undefined) {
    throw new UsageError("error: --results: what --defect breaks on purpose is no result");
  }
  const file = (option: "report" | "checkpoint"): string | undefined => {
    const path = given[option];
    return path === undefined ? undefined : writable(`--${option}`, path);
  };
  return {
    length: moves === undefined ? { minutes: minutes ?? 1 } : { moves },
    seed,
    appendfsync,
    defect,
    list: given.list ?? false,
    report: file("report"),
    checkpoint: file("checkpoint"),
    results: given.results ?? false,
  };
}

/** The command that plays the same again. */
export function commandOf(
  { length, appendfsync, defect }: Pick<SoakCommandOptions, "length" | "appendfsync" | "defect">,
  seed: number,
): string {
  const [[name, value] = ["minutes", 1]] = Object.entries(length);
  return [
    `npm run soak -- --${name} ${value} --seed ${seed}`,
    ...(appendfsync === undefined ? [] : [`--appendfsync ${appendfsync}`]),
    ...(defect === undefined ? [] : [`--defect ${defect}`]),
  ].join(" ");
}
