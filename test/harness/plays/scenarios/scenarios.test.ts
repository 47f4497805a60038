import { describe, expect, it } from "vitest";
import { figureOf, heldIn } from "./held-in.ts";

// The most important scenarios. Others are in more-scenarios.test.ts. `npm run scenarios` plays all.
// Scenarios mostly wait, so several run at a time (Vitest's maxConcurrency), the longest first. Each has a separate
// environment.

describe.concurrent("scenarios", () => {
  it("a lost lock: the old Redis ends itself, and writes acknowledged by the new one survive a restart", async () => {
    const recording = await heldIn("lease-lost");
    expect(recording.expectations.length).toBeGreaterThanOrEqual(8);
    expect(
      Number(figureOf(recording, "acknowledged writes of a pinned client meanwhile")),
    ).toBeGreaterThan(0);
  });

  it("the old setup: an app deploy starts Redis, and slow storage restarts everything repeatedly", async () => {
    const recording = await heldIn("before");
    expect(recording.expectations.length).toBeGreaterThanOrEqual(7);
    expect(figureOf(recording, "Redis starts caused by the app deploy")).toBe("1");
    expect(Number(figureOf(recording, "app starts while storage was slow"))).toBeGreaterThan(2);
    // The scenario shows flaws, which are not successes.
    expect(recording.expectations.filter(({ isFlaw }) => isFlaw)).toHaveLength(4);
    const impacts = recording.steps.flatMap(({ impact }) => impact ?? []);
    expect(impacts.map((impact) => impact.failed > 0)).toEqual([true, true]);
    expect(impacts[1]?.redisStarts).toBeGreaterThanOrEqual(3);
  });

  it("the whole story: an app deploy does not affect Redis, and the app finds a moved Redis", async () => {
    const recording = await heldIn("story");
    // An expectation that is not checked cannot fail.
    expect(recording.expectations.length).toBeGreaterThanOrEqual(17);
    expect(figureOf(recording, "Redis starts caused by the app deploy")).toBe("0");
    expect(figureOf(recording, "acknowledged writes lost")).toBe("0");
    expect(figureOf(recording, "resources changed")).toBe(
      "aws_ecs_task_definition.app_task_definition\naws_ecs_service.app_service",
    );
    const impacts = recording.steps.flatMap(({ title, impact }) =>
      impact === undefined ? [] : [[title, impact.failed > 0, impact.redisStarts]],
    );
    expect(impacts).toEqual([
      ["app redeploy", false, 0],
      ["Redis moves", expect.any(Boolean), 1],
      ["Redis loads slowly", true, 1],
    ]);
    expect(recording.faults.map(({ name }) => name)).toEqual(["slowStorage", "kill"]);
    expect(recording.faults.every((fault) => (fault.until ?? 0) >= fault.at)).toBe(true);
    expect(JSON.parse(JSON.stringify(recording))).toMatchObject({ scenario: "story", seed: 1 });
  });

  it("a lost host: Redis starts on another host, and every acknowledged write is kept", async () => {
    const recording = await heldIn("lose-host");
    expect(recording.faults.map(({ name }) => name)).toEqual(["loseHost"]);
    expect(figureOf(recording, "Redis starts")).toBe("1");
  });

  it("the migration guide: the folder is handed over with one writer at a time and without loss", async () => {
    const recording = await heldIn("migrate");
    expect(figureOf(recording, "acknowledged writes lost")).toBe("0");
    expect(figureOf(recording, "servers in /redis, in sequence")).toBe("3");
  });

  it("a password rotation: no connection is refused, even if Redis is killed", async () => {
    const recording = await heldIn("rotation");
    const claims = recording.expectations.map(({ claim }) => claim);
    expect(claims.filter((claim) => claim.includes("refuse"))).toHaveLength(7);
  });
});
