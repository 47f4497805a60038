import { join } from "node:path";
import type { Check } from "../release/checks.ts";
import { release } from "../release/release.ts";
import { runCheck } from "../release/run-check.ts";
import type { ReleaseOptions } from "./release-options.ts";

const ROOT = join(import.meta.dirname, "../..");

/** The compiler and the stacks take seconds to load: only where there is a release to compare with. */
const comparison = () => import("./release-comparison.ts");

const progress = (line: string): void => console.error(line);

/** Makes a release of this repository, or tells what it would be. @returns the exit code */
export async function runRelease(options: ReleaseOptions, signal: AbortSignal): Promise<number> {
  const request = {
    root: ROOT,
    ...options,
    today: new Date(),
    runCheck: async (check: Check) => runCheck(check, ROOT, signal),
    typesSince: async (tag: string) => (await comparison()).typesSince(tag, ROOT, signal),
    upgradeFrom: async (tag: string) =>
      (await comparison()).upgradeFrom(tag, ROOT, { signal, say: progress }),
    progress,
    signal,
  };
  return release(request, (text) => console.log(text));
}
