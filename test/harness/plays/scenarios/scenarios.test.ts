import { describe, expect, it } from "vitest";
import { environmentSetup } from "../../../../harness/plays/setups/environment-setup.ts";
import { example } from "../../../../harness/plays/setups/example-environment.ts";
import { play } from "../../../../harness/plays/play.ts";
import type { Recording } from "../../../../harness/plays/stage/recording.ts";
import { before } from "../../../../harness/plays/scenarios/before.ts";
import { dnsOutage } from "../../../../harness/plays/scenarios/dns-outage.ts";
import { leaseLostScenario } from "../../../../harness/plays/scenarios/lease-lost.ts";
import { migrateScenario } from "../../../../harness/plays/scenarios/migrate.ts";
import { hostLostScenario } from "../../../../harness/plays/scenarios/single-fault.ts";
import type { Scenario } from "../../../../harness/plays/scenarios/scenario.ts";
import { redisLifeScenario } from "../../../../harness/plays/scenarios/redis-life.ts";
import { restoreDrillScenario } from "../../../../harness/plays/scenarios/restore-drill.ts";
import { rotationScenario } from "../../../../harness/plays/scenarios/rotation.ts";
import { sidecarScenario } from "../../../../harness/plays/scenarios/sidecar.ts";
import { story } from "../../../../harness/plays/scenarios/story.ts";
import { toElastiCacheScenario } from "../../../../harness/plays/scenarios/to-elasticache.ts";
import { failed } from "../../../../harness/plays/stage/results.ts";
import { renderSummary } from "../../../../harness/views/terminal/summary-table.ts";

// Those that show most; `npm run scenarios` plays them all, and so does the workflow. They wait more than
// they work, so several at a time (Vitest's maxConcurrency), the longest first: each is an environment of
// its own.

async function heldIn(scenario: Scenario): Promise<Recording> {
  const recording = await play({
    scenario,
    setup: scenario.setup?.() ?? environmentSetup("dev", { environments: example }),
    seed: 1,
    signal: AbortSignal.timeout(110_000),
  });
  expect(recording.steps.map(({ title }) => title)).toEqual(
    scenario.steps.map(({ title }) => title),
  );
  expect(failed(recording), renderSummary(recording)).toEqual([]);
  return recording;
}

const figureOf = ({ figures }: Recording, name: string): string | undefined =>
  figures.find((figure) => figure.name === name)?.value;

describe.concurrent("scenarios", () => {
  it("a lost lock: the old Redis ends itself, and what the new one acknowledged survives a restart", async () => {
    const recording = await heldIn(leaseLostScenario);
    expect(recording.expectations.length).toBeGreaterThanOrEqual(8);
    expect(
      Number(figureOf(recording, "writes that a stray client had acknowledged meanwhile")),
    ).toBeGreaterThan(0);
  });

  it("no DNS: no one notices while Redis stays, and the app comes back when it moves", async () => {
    const recording = await heldIn(dnsOutage);
    expect(recording.faults.map(({ target }) => target)).toEqual(["down", "down", "nxdomain"]);
  });

  it("the old setup: an app deploy starts Redis, slow storage restarts all again and again", async () => {
    const recording = await heldIn(before);
    expect(recording.expectations.length).toBeGreaterThanOrEqual(7);
    expect(figureOf(recording, "Redis starts caused by the app deploy")).toBe("1");
    expect(Number(figureOf(recording, "app starts while storage was slow"))).toBeGreaterThan(2);
    // What it shows are flaws: none of them is a success.
    expect(recording.expectations.filter(({ isFlaw }) => isFlaw)).toHaveLength(4);
    const impacts = recording.steps.flatMap(({ impact }) => impact ?? []);
    expect(impacts.map((impact) => impact.failed > 0)).toEqual([true, true]);
    expect(impacts[1]?.redisStarts).toBeGreaterThanOrEqual(3);
  });

  it("the whole story: an app deploy leaves Redis alone, and a moved Redis is found", async () => {
    const recording = await heldIn(story);
    // An expectation that is never put would never fail.
    expect(recording.expectations.length).toBeGreaterThanOrEqual(14);
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

  it("a crash costs no task, a stall no restart, and a bad release fails instead of hanging", async () => {
    const recording = await heldIn(redisLifeScenario);
    expect(figureOf(recording, "acknowledged writes lost")).toBe("0");
    const names = recording.faults.map(({ name }) => name);
    expect(names).toEqual(["kill", "freeze", "mountFails"]);
  });

  it("a lost host: Redis starts elsewhere, and every acknowledged write is there", async () => {
    const recording = await heldIn(hostLostScenario);
    expect(recording.faults.map(({ name }) => name)).toEqual(["loseHost"]);
    expect(figureOf(recording, "Redis starts")).toBe("1");
  });

  it("the guide of migration: the folder is handed over, one writer at a time, nothing lost", async () => {
    const recording = await heldIn(migrateScenario);
    expect(figureOf(recording, "acknowledged writes lost")).toBe("0");
    expect(figureOf(recording, "servers in /redis, one after the other")).toBe("3");
  });

  it("a rotation of the password: no connection is refused, whenever Redis is killed", async () => {
    const recording = await heldIn(rotationScenario);
    const claims = recording.expectations.map(({ claim }) => claim);
    expect(claims.filter((claim) => claim.includes("refuse"))).toHaveLength(7);
  });

  it("the restore drill: a copy that was backed up while Redis rewrote its file is loaded elsewhere", async () => {
    const recording = await heldIn(restoreDrillScenario);
    expect(recording.expectations.length).toBeGreaterThanOrEqual(11);
    expect(figureOf(recording, "time to recover")).toMatch(/ s$/);
  });

  it("on to ElastiCache: the same app, and all data sent as commands", async () => {
    const recording = await heldIn(toElastiCacheScenario);
    expect(figureOf(recording, "redis-cli says")).toMatch(/^errors: 0, replies: 2\d{4}$/);
    expect(figureOf(recording, "acknowledged writes lost")).toBe("0");
  });

  it("a program that knows nothing of SRV records goes on when Redis does, on another port", async () => {
    const recording = await heldIn(sidecarScenario);
    expect(Number(figureOf(recording, "program counted to"))).toBeGreaterThanOrEqual(40);
  });
});
