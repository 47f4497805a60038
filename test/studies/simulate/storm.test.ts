import { describe, expect, it } from "vitest";

import type { EcsEvent } from "../../../harness/ecs/index.ts";
import { timesOf, verdictOn } from "../../../studies/simulate/storm.ts";

const FIGURES = { dns: 8_000, cloudMap: 2_000, queriesPerDial: 1.1, queries: 2_000 };

describe("the comparison with the scenario storm", () => {
  it.each([
    ["times within 2 s", { dns: 9_900, cloudMap: 100 }],
    ["queries per dial within a tenth", { queriesPerDial: 1.2 }],
    ["fewer queries per second, because of a busy machine", { queries: 500 }],
  ])("agrees with %s", (_title, change) => {
    expect(verdictOn({ ...FIGURES, ...change }, FIGURES, 5)).toBe("agrees");
  });

  it.each([
    ["the recovery through DNS", { dns: 10_100 }],
    ["the recovery with the Cloud Map API", { cloudMap: 4_100 }],
    ["more queries per dial", { queriesPerDial: 1.3 }],
    ["more queries per second", { queries: 2_300 }],
  ])("differs because of %s, unless the machine is too busy", (_title, change) => {
    const measured = { ...FIGURES, ...change };
    expect(verdictOn(measured, FIGURES, 5)).toBe("differs");
    expect(verdictOn(measured, FIGURES, 50)).toBe("the machine is too busy");
  });

  it("reads the times of stop and start from the events of the scenario", () => {
    const record = {
      type: "record",
      name: "dev-redis.dev-ecs",
      address: "",
      port: 1,
      healthy: true,
    };
    const container = { type: "container", service: "dev-redis", container: "redis" };
    const events = [
      { ...record, action: "registered", instanceId: "a", at: 1_000 },
      { ...record, action: "deregistered", instanceId: "a", at: 20_000 },
      { ...container, taskId: "other", status: "STOPPED", at: 20_050 },
      { ...container, taskId: "a", status: "STOPPED", at: 20_100 },
      { ...record, action: "registered", instanceId: "b", at: 29_000 },
    ] as unknown as EcsEvent[];
    expect(timesOf({ events })).toEqual({ stopped: 20_000, ending: 100, gap: 9_000 });
    expect(() => timesOf({ events: events.slice(0, 2) })).toThrow("Redis did not move");
  });
});
