import { type Failure, Failures } from "./engine/failures.ts";
import { settledMemory } from "./engine/memory.ts";
import type { TargetReport } from "./target.ts";
import { loadTarget } from "./targets.ts";

// Runs one target in a process of its own: `run-target.ts` starts it, and gets its report.

/** What the process tells, as messages to the one that started it. */
export type Told =
  | { readonly done: number }
  | { readonly report: TargetReport }
  | { readonly error: string };

/** Bytes that may be held after a run beyond those held after a tenth of it. */
const MOST_GROWTH = 32 * 2 ** 20;

const [name = "", seed = "", inputs = ""] = process.argv.slice(2);
const surfaced = new Failures();

const tell = (told: Told): void => void process.send?.(told);

/** What surfaces outside of all that is awaited is a finding too. */
for (const event of ["uncaughtException", "unhandledRejection"] as const) {
  process.on(event, (error: unknown) => surfaced.add("", error));
}

async function run(): Promise<TargetReport> {
  const target = await loadTarget(name);
  const tenth = Number(inputs) / 10;
  let early = Number.NaN;
  const progress = (done: number): void => {
    if (Number.isNaN(early) && done >= tenth) early = settledMemory().held;
    tell({ done });
  };
  const report = await target.run({ seed: Number(seed), inputs: Number(inputs), progress });
  const { held, resident } = settledMemory();
  const growth = held - early;
  if (growth > MOST_GROWTH) surfaced.add("", `holds ${growth} bytes more than after a tenth`);
  const memory = { "MiB grown": toMebibytes(growth), "MiB resident": toMebibytes(resident) };
  const failures: readonly Failure[] = [...report.failures, ...surfaced.found];
  return { ...report, failures, figures: { ...report.figures, ...memory } };
}

function toMebibytes(bytes: number): number {
  return Math.round((bytes / 2 ** 20) * 10) / 10;
}

run().then(
  (report) => tell({ report }),
  (error: unknown) => tell({ error: error instanceof Error ? String(error.stack) : String(error) }),
);
