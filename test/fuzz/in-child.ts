import { type Failure, Failures } from "./engine/failures.ts";
import { settledMemory } from "./engine/memory.ts";
import type { Target, TargetReport } from "./target.ts";

/** What the process of a target tells, as messages to the one that started it. */
export type Told =
  | { readonly done: number }
  | { readonly found: readonly Failure[] }
  | { readonly report: TargetReport }
  | { readonly error: string };

const tell = (told: Told): void => void process.send?.(told);

/** Runs one target in this process, and tells what comes of it: `run-target.ts` starts it, and listens. */
export function runInChild(load: () => Promise<Target>, seed: number, inputs: number): void {
  const failures = new Failures((found) => tell({ found }));
  // Ctrl-C is for all of a terminal's processes. The one that started this one ends it, and reports what was found.
  process.on("SIGINT", () => {});
  // What surfaces outside of all that is awaited is a finding too.
  for (const event of ["uncaughtException", "unhandledRejection"] as const) {
    process.on(event, (error: unknown) => failures.add("", error));
  }
  run(load, seed, inputs, failures).then(
    (report) => tell({ report }),
    (error: unknown) =>
      tell({ error: error instanceof Error ? String(error.stack) : String(error) }),
  );
}

async function run(
  load: () => Promise<Target>,
  seed: number,
  inputs: number,
  failures: Failures,
): Promise<TargetReport> {
  const target = await load();
  let early: number | undefined;
  const progress = (done: number): void => {
    if (done >= inputs / 10) early ??= settledMemory().held;
    tell({ done });
  };
  const report = await target.run({ seed, inputs, progress, failures });
  const { held, resident } = settledMemory();
  const figures = { ...report.figures, "MiB resident": toMebibytes(resident) };
  if (early === undefined) return { ...report, failures: failures.found, figures };
  const growth = toMebibytes(held - early);
  const { growth: most = 32 } = target;
  if (growth > most) failures.add("", `holds ${growth} MiB more than after a tenth`);
  return { ...report, failures: failures.found, figures: { ...figures, "MiB grown": growth } };
}

function toMebibytes(bytes: number): number {
  return Math.round((bytes / 2 ** 20) * 10) / 10;
}
