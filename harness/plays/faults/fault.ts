import { setTimeout } from "node:timers/promises";
import type { FaultName } from "../../ecs/index.ts";
import type { RequestOutcome } from "../stage/load.ts";
import { failingAfter, FIGURES, measureUsers } from "../stage/measures.ts";
import { seconds } from "../stage/results.ts";
import type { Stage } from "../stage/stage.ts";

/** Something that is broken on purpose while users come, and repaired: a row of the table of faults. */
export interface Fault {
  /** As on the command line, in the playground and, where there is one, of the scenario about it. */
  readonly name: string;
  /** What happens; {@link titleOf} adds how long. */
  readonly title: string;
  /** What it is in AWS. */
  readonly inAws: string;
  /** The fault of the local ECS that it is, if it is one. */
  readonly primitive?: FaultName;
  /** Whether the old setup has it too: there, Redis has no name in DNS and no network. @default false */
  readonly inOldSetup?: boolean;
  /** Whether it changes Redis as this repository's stacks have it: it is not played in a plan. @default false */
  readonly ofOwnStack?: true;
  /** How many times as fast as in AWS health checks and restart policies run meanwhile. @default 1 */
  readonly speed?: number;
  /** Begins it. Returns its repair; undefined where it ends by itself. */
  readonly begin: (stage: Stage) => Promise<Repair | undefined> | Repair | undefined;
  /** What happens before it is repaired. Returns what is put back after the repair. @default nothing */
  readonly meanwhile?: (stage: Stage) => Promise<Repair | undefined>;
  /** Milliseconds until it is repaired, after {@link meanwhile}. @default 0 */
  readonly lasts?: number;
  /** What is expected of the new setup; undefined where it is only measured. */
  readonly expect?: (stage: Stage, impact: Impact) => void;
}

/** The speed of faults that take minutes in AWS: a minute of health checks is five seconds. */
export const MINUTES_AS_SECONDS = 12;

export type Repair = () => Promise<unknown> | void;

/** What a fault did to the app's users. */
export interface Impact {
  readonly outcomes: readonly RequestOutcome[];
  readonly redisStarts: number;
  readonly appStarts: number;
  readonly repairedAt: number;
  /** Milliseconds from its beginning to its repair. */
  readonly lasted: number;
  /** Milliseconds from the repair to the first request that was sent and served after it. */
  readonly recovery: number;
  /** Milliseconds from the repair until the last request failed, of any task of the app; 0 where none did after it. */
  readonly wholeRecovery: number;
}

/** The title with how long the fault lasts. */
export function titleOf({ title, lasts }: Pick<Fault, "title" | "lasts">): string {
  return lasts === undefined ? title : `${title} for ${lasts / 1_000} s`;
}

/** Begins a fault, lets it last, and repairs it. */
export async function playFault(
  stage: Stage,
  { begin, meanwhile, lasts = 0 }: Fault,
): Promise<void> {
  const { signal } = stage;
  const repairs = [await begin(stage)];
  try {
    repairs.push(await meanwhile?.(stage));
    await setTimeout(lasts, undefined, { signal });
  } finally {
    // After an abort the whole environment is closed.
    if (!signal.aborted) for (const repair of repairs) await repair?.();
  }
}

/** Plays a fault, waits until the app serves again, and measures. */
export async function impactOf(stage: Stage, fault: Fault): Promise<Impact> {
  const { ecs, results } = stage;
  const began = stage.now();
  await playFault(stage, fault);
  const repairedAt = stage.now();
  const servedAt = await stage.untilServedAfter(repairedAt, 120_000);
  await ecs.waitUntilStable({ timeout: 120_000 });
  await stage.untilAllServed(120_000);
  const outcomes = await stage.settledSince(began);
  const redisStarts = stage.redisStartsSince(began);
  const appStarts = stage.appStartsSince(began);
  const recovery = servedAt - repairedAt;
  measureUsers(results, outcomes, redisStarts);
  results.measure(FIGURES.recovery, seconds(recovery));
  results.measure(FIGURES.redisStarts, redisStarts);
  results.measure(FIGURES.appStarts, appStarts);
  const lasted = repairedAt - began;
  const wholeRecovery = failingAfter(repairedAt, outcomes);
  return { outcomes, redisStarts, appStarts, repairedAt, lasted, recovery, wholeRecovery };
}
