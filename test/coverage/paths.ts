import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../..");

/** Whose coverage is measured. */
export const FOLDERS = ["runtime/src", "stacks", "harness"] as const;

/** What Vitest writes. */
export const REPORT = join(ROOT, "coverage");
/** What the processes write that tests start. */
export const PROCESSES = join(REPORT, "processes");
