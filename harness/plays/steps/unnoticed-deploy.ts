import { isServed } from "../stage/load.ts";
import type { Stage } from "../stage/stage.ts";
import { servedOf } from "../stage/measures.ts";

/** Deploys and expects no restart and no failed request. */
export async function unnoticed(
  stage: Stage,
  deploy: () => Promise<readonly string[]>,
): Promise<void> {
  const { ecs, results } = stage;
  const began = stage.now();
  const changes = await deploy();
  await ecs.waitUntilStable();
  await stage.untilServedAfter(stage.now());
  results.measure("resources changed", changes.join("\n"));
  const starts = stage.startsSince(began, "redis") + stage.startsSince(began, "app");
  results.expect("nothing was started", starts === 0, starts);
  const outcomes = await stage.settledSince(began);
  results.expect("every request was served", outcomes.every(isServed), servedOf(outcomes));
}
