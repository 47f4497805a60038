import { setTimeout } from "node:timers/promises";
import type { FaultName } from "../../ecs/index.ts";
import type { RequestOutcome } from "../stage/load.ts";
import { failingAfter, FIGURES, measureUsers } from "../stage/measures.ts";
import { seconds } from "../stage/results.ts";
import type { Stage } from "../stage/stage.ts";

/** What a scenario or fault requires of a plan: the place of Redis, and SRV records. */
export type Need = "together" | "separate" | "srv";

/** A fault under load and its repair: a row of the table of faults. */
export interface Fault {
  /** The name everywhere: that of the fault of the local ECS, if it is one, with its kind. */
  readonly name: string;
  /** Earlier names, beside those of the fault of the local ECS. */
  readonly aliases?: readonly string[];
  /** What happens. {@link titleOf} adds the duration. */
  readonly title: string;
  /** The cause in AWS. */
  readonly inAws: string;
  /** The fault of the local ECS, if it is one. */
  readonly primitive?: FaultName;
  /** Whether the old setup has the fault too. It has no DNS name and no network for Redis. @default false */
  readonly inOldSetup?: boolean;
  /** Whether it changes the Redis of this repository's stacks. Then it is not played in a plan. @default false */
  readonly ofOwnStack?: true;
  /** Speed of health checks and restart policies, as a multiple of AWS. @default 1 */
  readonly speed?: number;
  /** Begins the fault. Returns its repair, or undefined if the fault ends by itself. */
  readonly begin: (stage: Stage) => Promise<Repair | undefined> | Repair | undefined;
  /** Runs before the repair. Returns a step to run after it. @default nothing */
  readonly meanwhile?: (stage: Stage) => Promise<Repair | undefined>;
  /** Milliseconds until the repair, after {@link meanwhile}. @default 0 */
  readonly lasts?: number;
  /** The expectations of the new setup. Undefined: only measured. */
  readonly expect?: (stage: Stage, impact: Impact) => void;
  /** Its button in the playground. */
  readonly button?: Button;
  /** The scenario about it alone, which checks the expectations. */
  readonly scenario?: { readonly description: string; readonly needs: readonly Need[] };
  /** Its place in a soak: a part has only one active fault at a time. Another beginning fits rounds of seconds. */
  readonly soak?: { readonly part: "redis" | "dns" | "api"; readonly begin?: Fault["begin"] };
}

/** A button of the playground. It begins a fault; for a lasting fault it then repairs it. */
export interface Button {
  readonly title: string;
  /** The description, for every setup. */
  readonly description: string;
  /** Whether it needs a running Redis. */
  readonly needsRedis?: boolean;
  /** For a fault that needs a repair. */
  readonly lasting?: {
    /** The active fault, as a sentence without a period. */
    readonly state: string;
    readonly repairTitle: string;
  };
  /** Why the old setup does not have this fault. Undefined: it has. */
  readonly notInOldSetup?: string;
  /** Begins it so that the user has time to act. @default that of the fault */
  readonly begin?: Fault["begin"];
}

/** The speed for faults that take minutes in AWS: a minute of health checks takes five seconds. */
export const MINUTES_AS_SECONDS = 12;

export type Repair = () => Promise<unknown> | void;

/** The effect of a fault on the app's users. */
export interface Impact {
  readonly outcomes: readonly RequestOutcome[];
  readonly redisStarts: number;
  readonly appStarts: number;
  readonly repairedAt: number;
  /** Milliseconds from the fault's start to its repair. */
  readonly lasted: number;
  /** Milliseconds from the repair to the first request that was sent afterwards and served. */
  readonly recovery: number;
  /** Milliseconds from the repair to the last failed request of any app task; 0 if none failed. */
  readonly wholeRecovery: number;
}

/** The title with the fault's duration. */
export function titleOf({ title, lasts }: Pick<Fault, "title" | "lasts">): string {
  return lasts === undefined ? title : `${title} for ${lasts / 1_000} s`;
}

/** Begins a fault, waits and repairs it. */
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

/** Plays a fault, waits until the app serves again and measures the effect. */
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
