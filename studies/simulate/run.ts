import type { Part, SimulateOptions } from "./options.ts";

/** The result of a part. */
export interface PartResult {
  readonly figures: unknown;
  /** Whether simulation and reality differ. Then the run saves nothing. @default false */
  readonly hasFailed?: boolean;
}

/**
 * Runs the selected parts. Saves the figures of a full run if no part failed.
 * @returns the exit code
 */
export async function runParts(
  { only, isFull }: Pick<SimulateOptions, "only" | "isFull">,
  parts: Readonly<Record<Part, () => Promise<PartResult>>>,
  save: (figures: Readonly<Record<string, unknown>>) => void,
): Promise<number> {
  const figures: Record<string, unknown> = {};
  let hasFailed = false;
  for (const part of only) {
    const result = await parts[part]();
    figures[part] = result.figures;
    hasFailed ||= result.hasFailed === true;
  }
  if (isFull && !hasFailed) save(figures);
  return hasFailed ? 1 : 0;
}
