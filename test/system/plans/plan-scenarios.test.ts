import { describe, expect, it } from "vitest";
import { whyNoNetworks } from "../../../harness/ecs/index.ts";
import { playablePlan } from "../../../harness/commands/shared/templates/playable-plan.ts";
import { startOptions } from "../../../harness/commands/start/options.ts";
import { play } from "../../../harness/plays/play.ts";
import { scenarioOf } from "../../../harness/plays/scenarios/list.ts";
import { inSetup } from "../../../harness/plays/scenarios/scenario.ts";
import type { Recording } from "../../../harness/plays/stage/recording.ts";
import { failed } from "../../../harness/plays/stage/results.ts";
import { renderSummary } from "../../../harness/views/terminal/summary-table.ts";
import { recorded } from "../../harness/ecs/terraform/saved/fixture.ts";

async function playedIn(name: string, ...args: readonly string[]): Promise<Recording> {
  const { plan } = startOptions(args);
  if (!plan) throw new Error("a plan is needed");
  const setup = (await playablePlan(plan)).setup();
  const signal = AbortSignal.timeout(280_000);
  const scenario = inSetup(await scenarioOf(name), setup);
  return play({ scenario, setup, seed: 1, signal });
}

const figureOf = ({ figures }: Recording, name: string): string | undefined =>
  figures.find((figure) => figure.name === name)?.value;

// They mostly wait, so they run concurrently.
describe.concurrent("the setups of the handwritten plans", () => {
  it("together: an app deploy starts a new Redis, and slow EFS restarts the task repeatedly", async () => {
    const recording = await playedIn("before", "--plan", recorded("handwritten-together.plan"));
    expect(failed(recording), renderSummary(recording)).toEqual([]);
    expect(recording.expectations.filter(({ isFlaw }) => isFlaw)).toHaveLength(4);
    expect(figureOf(recording, "Redis starts caused by the app deploy")).toBe("1");
    expect(Number(figureOf(recording, "Redis starts while storage was slow"))).toBeGreaterThan(2);
    expect(figureOf(recording, "acknowledged writes lost")).toBe("0");
  });

  it("together: an app of the user that does not end without Redis is no failure", async () => {
    const serve = `require("http").createServer((_, answer) => answer.end()).listen(process.env.PORT)`;
    const app = `node -e '${serve}'`;
    const recording = await playedIn(
      "before",
      "--plan",
      recorded("handwritten-together.plan"),
      "--app",
      app,
      "--path",
      "/",
    );
    expect(failed(recording), renderSummary(recording)).toEqual([]);
    expect(recording.expectations.filter(({ isFlaw }) => isFlaw)).toHaveLength(2);
    expect(figureOf(recording, "app starts while storage was slow")).toBe("1");
  });

  it("split: neither happens, and the release of its --then plan is deployed", async () => {
    const recording = await playedIn(
      "after",
      "--plan",
      recorded("handwritten-split.plan"),
      "--then",
      recorded("handwritten-split-release.plan"),
    );
    expect(failed(recording), renderSummary(recording)).toEqual([]);
    expect(recording.expectations.length).toBeGreaterThanOrEqual(9);
    expect(figureOf(recording, "Redis starts caused by the app deploy")).toBe("0");
    expect(figureOf(recording, "Redis starts while storage was slow")).toBe("1");
    expect(figureOf(recording, "app starts while storage was slow")).toBe("0");
    expect(figureOf(recording, "no health check of the app")).toContain(
      "whether it answers or not",
    );
  });
});

/** Why containers have no networks of their own here; undefined if they have. */
const why = await whyNoNetworks();

describe.concurrent("plans of others, with every place that Redis can have", () => {
  it.for([
    ["redis-srv", "story"],
    ["redis-a-records", "story"],
    ["redis-service-connect", "story"],
    ["redis-linked", "before"],
    ["redis-localhost", "before"],
  ] as const)("%s", async ([name, scenario]) => {
    const asked = playedIn(scenario, "--plan", recorded(`corpus/${name}/plan`), "--engine", "none");
    const needsNetwork = scenario === "before" && why !== undefined;
    const outcome = await asked.then(failed, ({ message }: Error) =>
      /publishes no port, so nothing reaches it where/.test(message) ? "no port" : message,
    );
    expect(outcome).toEqual(needsNetwork ? "no port" : []);
  });
});
