import { setTimeout } from "node:timers/promises";
import { APP, REDIS } from "../setups/setup.ts";
import type { RequestOutcome } from "../stage/load.ts";
import { seconds } from "../stage/results.ts";
import type { Stage } from "../stage/stage.ts";
import { countOf, timeAway } from "../stage/measures.ts";

/** Something that is broken on purpose while users come, and mended. */
export interface Breakage {
  /** As in the table of faults. */
  readonly title: string;
  /** What happens, in the words of who has it in AWS. */
  readonly inAws: string;
  /** Breaks it; gives how it is mended, where it does not end by itself. */
  readonly begin: (stage: Stage) => Promise<Mend | undefined>;
  /** Resolves when it is time to mend it, or when it has ended by itself. @default at once */
  readonly lasts?: (stage: Stage) => Promise<void>;
}

export type Mend = () => Promise<unknown> | void;

/** What a breakage did to the app's users. */
export interface Impact {
  readonly outcomes: readonly RequestOutcome[];
  readonly redisStarts: number;
  readonly appStarts: number;
  readonly repairedAt: number;
  /** Milliseconds from the mending to the first request that was sent and served after it. */
  readonly recovery: number;
}

/** Breaks, mends, waits until all is well, and measures; whatever the setup. */
export async function impactOf(
  stage: Stage,
  { begin, lasts = async () => {} }: Breakage,
): Promise<Impact> {
  const { ecs, results } = stage;
  const began = stage.now();
  const mend = await begin(stage);
  await lasts(stage);
  await mend?.();
  const repairedAt = stage.now();
  const servedAt = await stage.untilServedAfter(repairedAt, 120_000);
  await ecs.waitUntilStable({ timeout: 120_000 });
  const outcomes = await stage.settledSince(began);
  const redisStarts = stage.startsSince(began, REDIS);
  const appStarts = stage.startsSince(began, APP);
  const recovery = servedAt - repairedAt;
  results.measure(FIGURES.requests, countOf(outcomes));
  results.measure(FIGURES.away, seconds(timeAway(outcomes)));
  results.measure(FIGURES.recovery, seconds(recovery));
  results.measure(FIGURES.redisStarts, redisStarts);
  results.measure(FIGURES.appStarts, appStarts);
  return { outcomes, redisStarts, appStarts, repairedAt, recovery };
}

/** Names of the figures that every breakage gives. */
export const FIGURES = {
  requests: "requests served / failed",
  away: "app away for its users",
  recovery: "mended → app's first answer",
  redisStarts: "Redis starts",
  appStarts: "app starts",
} as const;

/** Lasts a while. @param milliseconds long enough for users to notice */
export const lasting =
  (milliseconds: number): NonNullable<Breakage["lasts"]> =>
  ({ signal }) =>
    setTimeout(milliseconds, undefined, { signal });
