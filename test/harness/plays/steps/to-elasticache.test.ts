import { describe, expect, it } from "vitest";
import { Results } from "../../../../harness/plays/stage/results.ts";
import type { Stage } from "../../../../harness/plays/stage/stage.ts";
import { stopApp } from "../../../../harness/plays/steps/to-elasticache.ts";

/** Plays the step in which the app is stopped, where Redis has had so many writes. */
async function stopped(writes: () => number) {
  const results = new Results();
  const redis = { info: async () => `rdb_changes_since_last_save:${writes()}\r\n` };
  const stage = {
    ecs: { apply: async () => [], services: [] },
    setup: { services: { app: "dev-app", redis: "dev-redis" } },
    signal: new AbortController().signal,
    results,
    until: async (_what: string, condition: () => unknown) => condition(),
    lookAtRedis: (look: (client: typeof redis) => unknown) => look(redis),
  };
  await stopApp.play(stage as unknown as Stage);
  return results.expectations;
}

const claim = "no write arrives at the old Redis";

describe("the app is stopped", () => {
  it("when no write arrives any more", async () => {
    expect(await stopped(() => 7)).toMatchObject([{ claim, held: true, seen: "7 writes" }]);
  });

  it("and the step fails when someone goes on writing", async () => {
    let writes = 7;
    const writing = setInterval(() => (writes += 1), 20);
    try {
      const [expectation] = await stopped(() => writes);
      expect(expectation).toMatchObject({ claim, held: false });
      expect(expectation?.seen).toMatch(/^7 writes, then \d+$/);
    } finally {
      clearInterval(writing);
    }
  });
});
