import { expect } from "vitest";
import { environmentSetup } from "../../../../harness/plays/setups/environment-setup.ts";
import { example } from "../../../../harness/plays/setups/example-environment.ts";
import { play } from "../../../../harness/plays/play.ts";
import type { Recording } from "../../../../harness/plays/stage/recording.ts";
import { scenarioOf } from "../../../../harness/plays/scenarios/list.ts";
import type { Setup } from "../../../../harness/plays/setups/setup.ts";
import { failed } from "../../../../harness/plays/stage/results.ts";
import { renderSummary } from "../../../../harness/views/terminal/summary-table.ts";

/**
 * Plays a scenario and checks that every expectation holds.
 * @param setup in place of the scenario's own
 */
export async function heldIn(name: string, setup?: Setup): Promise<Recording> {
  const scenario = await scenarioOf(name);
  const recording = await play({
    scenario,
    setup: setup ?? scenario.setup?.() ?? environmentSetup("dev", { environments: example }),
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
