import { setTimeout } from "node:timers/promises";
import { startLocalEcs } from "../../harness/local-ecs.ts";
import type { LocalEcs } from "../../harness/local-ecs.ts";
import { Load } from "../load.ts";
import { localImages } from "../local-environment.ts";
import { Report } from "./report.ts";
import { Stage } from "./stage.ts";
import { type Step, steps } from "./steps.ts";

/** Who watches the story: told what happens, in its order. */
export interface Audience {
  /** The environment exists; nothing is deployed in it yet. */
  readonly onOpen?: (ecs: LocalEcs) => void;
  readonly onStep?: (title: string) => void;
  readonly onLoad?: (load: Load) => void;
}

export interface StoryOptions {
  /** The synthesized `cdk.tf.json` of the environment. */
  readonly template: string;
  /** Ends the story early; everything that it started is gone when the promise settles. */
  readonly signal: AbortSignal;
  readonly audience?: Audience;
  /** Milliseconds in which nothing happens before each step, for those who watch. @default 0 */
  readonly pause?: number;
}

/** Plays the whole story, and reports what was measured and which expectations held. */
export async function playStory({
  template,
  signal,
  audience = {},
  pause = 0,
}: StoryOptions): Promise<Report> {
  const report = new Report();
  await using ecs = await startLocalEcs({ template, images: localImages() });
  audience.onOpen?.(ecs);
  const began = performance.now();
  report.begin("first deploy");
  audience.onStep?.("first deploy");
  await abortable(
    ecs.apply().then(() => ecs.waitUntilStable()),
    signal,
  );
  report.measure("time", `${((performance.now() - began) / 1_000).toFixed(2)} s`);

  const [balancer] = ecs.loadBalancers;
  if (balancer === undefined) throw new Error("the environment has no load balancer");
  const load = new Load({ url: balancer.url });
  audience.onLoad?.(load);
  try {
    const stage = new Stage({ ecs, load, report, signal });
    for (const step of steps) {
      await abortable(setTimeout(pause), signal);
      await play(step, stage, audience);
    }
  } finally {
    await load.stop();
  }
  return report;
}

async function play(step: Step, stage: Stage, audience: Audience): Promise<void> {
  stage.report.begin(step.title);
  if (step !== steps[0]) audience.onStep?.(step.title);
  await abortable(step.play(stage), stage.signal);
}

/** The work, unless the signal ends it. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
