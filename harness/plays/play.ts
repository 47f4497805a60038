import { setTimeout } from "node:timers/promises";
import { type LocalEcsOptions, now, startLocalEcs } from "../ecs/index.ts";
import { messageOf } from "../../command-line/error-text.ts";
import type { Setup } from "./setups/setup.ts";
import type { Recording } from "./stage/recording.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import { recordedFaults } from "./stage/recorded-faults.ts";
import { randomOf } from "./stage/random.ts";
import { type Viewer, Stage } from "./stage/stage.ts";

export interface PlayOptions {
  readonly scenario: Scenario;
  readonly setup: Setup;
  /** The same seed draws the same addresses, placements and users. */
  readonly seed: number;
  /** Ends the play early; everything that it started is gone when the promise settles. */
  readonly signal: AbortSignal;
  readonly viewer?: Viewer;
  /** Milliseconds of pause before each step, for people who watch. @default 0 */
  readonly pause?: number;
}

/**
 * Plays a scenario from its first step to its last, and returns what was seen. A step that throws, because
 * a wait timed out for example, counts as an expectation that did not hold, and is the last.
 * @throws the signal's reason when it aborts, HarnessError when the setup cannot be run
 */
export async function play(options: PlayOptions): Promise<Recording> {
  const { scenario, setup, seed, signal, viewer = {}, pause = 0 } = options;
  const startedAt = now();
  const random = randomOf(seed, "local ECS");
  const { speed = 1 } = scenario;
  const local: LocalEcsOptions = { ...setup.local, random, speed };
  await using ecs = await startLocalEcs(local);
  viewer.onOpen?.(ecs);
  const stage = new Stage({ ecs, setup, seed, signal, viewer });
  const { results } = stage;
  try {
    for (const step of scenario.steps) {
      if (step !== scenario.steps[0]) await abortable(setTimeout(pause), signal);
      results.begin(step.title);
      viewer.onStep?.(step.title);
      await abortable(step.play(stage), signal);
    }
    viewer.onEnd?.();
  } catch (error) {
    if (signal.aborted) throw error;
    results.expect("the step comes to its end", false, messageOf(error));
  } finally {
    await stage.close();
  }
  return {
    scenario: scenario.name,
    title: scenario.title,
    environment: setup.environment,
    seed,
    startedAt,
    endedAt: now(),
    steps: results.steps,
    events: stage.events,
    requests: stage.requests.map(({ sentAt, endedAt, status }) => ({ sentAt, endedAt, status })),
    figures: results.figures,
    expectations: results.expectations,
    faults: recordedFaults(stage.events),
  };
}

/** Settles as the work does, or rejects when the signal aborts. */
function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
