import { expect } from "vitest";
import { environmentSetup } from "../../../../harness/plays/setups/environment-setup.ts";
import { example } from "../../../../harness/plays/setups/example-environment.ts";
import { play } from "../../../../harness/plays/play.ts";
import type { Recording } from "../../../../harness/plays/stage/recording.ts";
import type { Scenario } from "../../../../harness/plays/scenarios/scenario.ts";
import { failed } from "../../../../harness/plays/stage/results.ts";
import { renderSummary } from "../../../../harness/views/terminal/summary-table.ts";

/** Plays a scenario and checks that every expectation holds. */
export async function heldIn(scenario: Scenario): Promise<Recording> {
  const recording = await play({
    scenario,
    setup: scenario.setup?.() ?? environmentSetup("dev", { environments: example }),
    seed: 1,
    signal: AbortSignal.timeout(280_000),
  });
  expect(failed(recording), renderSummary(recording)).toEqual([]);
  expect(recording.steps.map(({ title }) => title)).toEqual(
    scenario.steps.map(({ title }) => title),
  );
  return recording;
}

export const figureOf = ({ figures }: Recording, name: string): string | undefined =>
  figures.find((figure) => figure.name === name)?.value;
