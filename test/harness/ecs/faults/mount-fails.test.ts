import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { withLocalEcs } from "../fixture/local.ts";
import { auth, redisAlone } from "../fixture/one-redis.ts";
import { onlyTask, redis, running, service } from "../fixture/services.ts";
import { template } from "../fixture/template.ts";

/** Redis alone, whose release fails instead of being tried without end. */
const failing = (redisContainer: object = {}): object =>
  template({
    ...redisAlone,
    redisService: {
      deployment_circuit_breaker: { enable: true, rollback: false },
      wait_for_steady_state: true,
    },
    redisContainer,
  });

const rollout = (run: Parameters<typeof service>[0]) =>
  service(run, "test-redis").deployments[0]?.rollout;

describe("EFS that cannot be mounted", () => {
  it("fails a deployment, which starts no more tasks until another one is forced", async () => {
    await withLocalEcs({ template: failing(), healthLag: 10 }, async ({ ecs, events }) => {
      await ecs.waitUntilStable();
      await redis(onlyTask(ecs, "test-redis"), auth(ecs), "SET key value");

      ecs.faults.mountFails(true);
      const next = failing({ dockerLabels: { release: "2" } });
      await expect(ecs.apply(next)).rejects.toMatchObject({
        code: "ERR_DEPLOYMENT",
        message: expect.stringContaining("failed to invoke EFS utils commands"),
      });
      expect(rollout(ecs)).toBe("FAILED");
      const live = () =>
        service(ecs, "test-redis").tasks.filter((each) => each.status !== "STOPPED");
      await expect.poll(live, { interval: 10 }).toEqual([]);
      ecs.faults.mountFails(false);
      const seen = events.length;
      await delay(3000);
      expect(events.slice(seen).filter(({ type }) => type === "task")).toEqual([]);
      expect(running(ecs, "test-redis")).toEqual([]);

      ecs.forceNewDeployment("test-redis");
      await ecs.waitUntilStable();
      const after = onlyTask(ecs, "test-redis");
      expect(after.taskDefinition).toBe("test-redis:2");
      expect(await redis(after, auth(ecs), "GET key")).toContain("value");
    });
  });

  it("is no obstacle to a restart in place: what is mounted stays", async () => {
    const restartPolicy = { enabled: true, ignoredExitCodes: [], restartAttemptPeriod: 60 };
    const options = { template: failing({ restartPolicy }), healthLag: 10, speed: 60 };
    await withLocalEcs(options, async ({ ecs }) => {
      await ecs.waitUntilStable();
      const { id } = onlyTask(ecs, "test-redis");
      await delay(1100);
      ecs.faults.mountFails(true);
      ecs.faults.kill(id);
      const restarts = () => ecs.task(id).containers[0]?.restarts;
      await expect.poll(restarts, { interval: 10 }).toBe(1);
      expect(ecs.task(id).status).toBe("RUNNING");
    });
  });

  it("is known by its name, and so is a service whose deployment is forced", async () => {
    await withLocalEcs({ template: failing() }, async ({ ecs }) => {
      ecs.faults.mountFails(true);
      expect(ecs.faults.active).toEqual([{ fault: "mountFails", target: undefined }]);
      await ecs.faults.clear();
      expect(ecs.faults.active).toEqual([]);
      expect(() => ecs.forceNewDeployment("nothing")).toThrow('no service "nothing"');
    });
  });
});
