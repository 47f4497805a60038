import { expect, test } from "vitest";
import { sidecar } from "./arrangements/sidecar.ts";
import { play } from "./play.ts";
import { sidecarScenario } from "./scenarios/sidecar.ts";
import { failed } from "./stage/report.ts";
import { renderSummary } from "./view/summary-table.ts";

test("a program that knows nothing of SRV records goes on when Redis does, on another port", async () => {
  const recording = await play({
    scenario: sidecarScenario,
    arrangement: sidecar(),
    seed: 1,
    signal: AbortSignal.timeout(90_000),
  });
  expect(failed(recording), renderSummary(recording)).toEqual([]);
  expect(recording.expectations.length).toBeGreaterThanOrEqual(9);
});
