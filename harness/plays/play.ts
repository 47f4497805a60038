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
  /** A seed determines addresses, placements and users. */
  readonly seed: number;
  /** Ends the play early. Everything that it started has ended when the promise settles. */
  readonly signal: AbortSignal;
  readonly viewer?: Viewer;
  /** Milliseconds of pause before each step, for viewers. @default 0 */
  readonly pause?: number;
}

/**
 * Plays the steps of a scenario and returns the recording. A step that throws, for example after a timeout, is a
 * failed expectation and the last step.
 * @throws the signal's reason on abort, HarnessError if the setup cannot run
 */
export async function play(options: PlayOptions): Promise<Recording> {
  const { scenario, setup, seed, signal, viewer = {}, pause = 0 } = options;
  const startedAt = now();
  const random = randomOf(seed, "local ECS");
  const { speed = setup.local.speed ?? 1 } = scenario;
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
    results.expect("the step completes", false, messageOf(error));
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

/** Settles like the work, or rejects when the signal aborts. */
export function abortable<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason as Error);
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
