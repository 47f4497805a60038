import type { Part, SimulateOptions } from "./options.ts";

/** What a part gives. */
export interface Played {
  readonly figures: unknown;
  /** The simulation does not hold: nothing of the run is kept. @default false */
  readonly hasFailed?: boolean;
}

/**
 * Plays the parts that are asked for, and keeps the figures of a whole run in which none failed.
 * @returns the exit code
 */
export async function playParts(
  { only, isWhole }: Pick<SimulateOptions, "only" | "isWhole">,
  parts: Readonly<Record<Part, () => Promise<Played>>>,
  keep: (figures: Readonly<Record<string, unknown>>) => void,
): Promise<number> {
  const figures: Record<string, unknown> = {};
  let hasFailed = false;
  for (const part of only) {
    const played = await parts[part]();
    figures[part] = played.figures;
    hasFailed ||= played.hasFailed === true;
  }
  if (isWhole && !hasFailed) keep(figures);
  return hasFailed ? 1 : 0;
}
