import { expect, test } from "vitest";
import { play } from "../play.ts";
import { toElastiCacheScenario } from "../scenarios/to-elasticache.ts";
import { failed } from "../stage/report.ts";
import { renderSummary } from "../view/summary-table.ts";
import { onTheWay } from "./change-over.ts";

test("the same app goes on with a Redis that has TLS, a password and all that was written", async () => {
  const recording = await play({
    scenario: toElastiCacheScenario,
    arrangement: onTheWay(),
    seed: 1,
    signal: AbortSignal.timeout(90_000),
  });
  expect(failed(recording), renderSummary(recording)).toEqual([]);
  expect(recording.expectations.length).toBeGreaterThanOrEqual(13);
});
