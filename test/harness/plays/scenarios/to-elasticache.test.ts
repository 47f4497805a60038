import { describe, expect, it } from "vitest";
import { Results } from "../../../../harness/plays/stage/results.ts";
import type { Stage } from "../../../../harness/plays/stage/stage.ts";
import { stopApp } from "../../../../harness/plays/scenarios/to-elasticache.ts";

/** Plays the step that stops the app, with the given write counts of Redis. */
async function stopped(writes: () => number) {
  const results = new Results();
  const redis = { info: async () => `rdb_changes_since_last_save:${writes()}\r\n` };
  const stage = {
    ecs: { apply: async () => [], services: [] },
    setup: { services: { app: "dev-app", redis: "dev-redis" } },
    signal: new AbortController().signal,
    results,
    until: async (_what: string, condition: () => unknown) => condition(),
    readRedis: (look: (client: typeof redis) => unknown) => look(redis),
  };
  await stopApp.play(stage as unknown as Stage);
  return results.expectations;
}

const claim = "the old Redis gets no writes";

describe("the step that stops the app", () => {
  it("ends when no more writes arrive", async () => {
    expect(await stopped(() => 7)).toMatchObject([{ claim, held: true, seen: "7 writes" }]);
  });

  it("fails if writes continue", async () => {
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
