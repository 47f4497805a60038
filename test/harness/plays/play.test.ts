import { randomInt } from "node:crypto";
import { describe, expect, it } from "vitest";
import { oldSetup } from "../../../harness/plays/setups/old-setup.ts";
import { play } from "../../../harness/plays/play.ts";
import type { Recording } from "../../../harness/plays/stage/recording.ts";
import type { Scenario } from "../../../harness/plays/scenarios/scenario.ts";
import { failed } from "../../../harness/plays/stage/results.ts";
import { firstDeploy } from "../../../harness/plays/steps/first-deploy.ts";
import type { Step } from "../../../harness/plays/steps/step.ts";

// All in the old setup, which starts within seconds. Plays mostly wait, so they run concurrently.

const scenario = (...steps: Step[]): Scenario => ({
  name: "test",
  title: "A test",
  description: "For a test.",
  steps,
});

const played = (
  steps: Step[],
  { seed = 1, signal = AbortSignal.timeout(60_000) }: { seed?: number; signal?: AbortSignal } = {},
): Promise<Recording> => play({ scenario: scenario(...steps), setup: oldSetup(), seed, signal });

const where = ({ figures }: Recording) => figures.find(({ name }) => name === "Redis at");

describe.concurrent("a play", () => {
  it("makes the same random choices for the same seed, and records events and requests", async () => {
    const some: Step = {
      title: "some users",
      play: async (stage) => {
        await stage.until("ten were answered", () => stage.requests.length >= 10);
      },
    };
    // A random seed, because addresses of concurrent plays are skipped.
    const seed = randomInt(2 ** 32);
    const one = await played([firstDeploy, some], { seed });
    const two = await played([firstDeploy, some], { seed });
    expect(where(one)).toBeDefined();
    expect(where(two)).toEqual(where(one));
    expect(one.steps.map(({ title }) => title)).toEqual(["first deploy", "some users"]);
    expect(one.requests.length).toBeGreaterThanOrEqual(10);
    expect(one.events.some(({ type }) => type === "task")).toBe(true);
    expect(one.endedAt).toBeGreaterThan(one.startedAt);
  });

  it("turns a step that throws into a failed expectation and stops", async () => {
    const steps: Step[] = ["one", "two", "three"].map((title) => ({
      title,
      play: async ({ results }) => {
        if (title === "two") throw new Error("nobody came");
        results.expect("it is played", true, title);
      },
    }));
    const recording = await played(steps);
    expect(failed(recording)).toEqual([
      { step: "two", claim: "the step completes", held: false, seen: "nobody came" },
    ]);
    expect(recording.steps.map(({ title }) => title)).toEqual(["one", "two"]);
  });

  it("rejects with the reason of its signal at any time", async () => {
    const interrupted = new AbortController();
    const forever: Step = {
      title: "for ever",
      play: () => {
        interrupted.abort(new Error("enough"));
        return new Promise(() => {});
      },
    };
    const { signal } = interrupted;
    await expect(played([firstDeploy, forever], { signal })).rejects.toThrow("enough");
  });
});
