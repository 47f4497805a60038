import { expect, it } from "vitest";
import { withLocalEcs } from "../fixture/local.ts";
import { auth, redisAlone } from "../fixture/one-redis.ts";
import { onlyTask, redis, running, service } from "../fixture/services.ts";
import { template } from "../fixture/template.ts";

/** Redis alone. A failed release ends instead of being retried. */
const failing = (redisContainer: object = {}): object =>
  template({
    ...redisAlone,
    redisService: {
      deployment_circuit_breaker: { enable: true, rollback: false },
      wait_for_steady_state: true,
    },
    redisContainer,
  });

it("EFS that cannot be mounted fails a deployment, until another one is forced", async () => {
  await withLocalEcs({ template: failing(), healthLag: 10 }, async ({ ecs, events }) => {
    await ecs.waitUntilStable();
    await redis(onlyTask(ecs, "test-redis"), auth(ecs), "SET key value");

    ecs.faults.mountFails(true);
    expect(ecs.faults.active).toEqual([{ fault: "mountFails", target: undefined }]);
    const next = failing({ dockerLabels: { release: "2" } });
    await expect(ecs.apply(next)).rejects.toMatchObject({
      code: "ERR_DEPLOYMENT",
      message: expect.stringContaining("mounting volume failed: mount.nfs4: Connection timed out"),
    });
    expect(service(ecs, "test-redis").deployments[0]?.rollout).toBe("FAILED");
    const live = () => service(ecs, "test-redis").tasks.filter((each) => each.status !== "STOPPED");
    await expect.poll(live, { interval: 10 }).toEqual([]);
    await ecs.faults.clear();
    expect(ecs.faults.active).toEqual([]);

    const created = () => events.filter((event) => event.type === "task" && !event.from).length;
    const before = created();
    expect(() => ecs.forceNewDeployment("nothing")).toThrow('no service "nothing"');
    ecs.forceNewDeployment("test-redis");
    await ecs.waitUntilStable();
    expect(running(ecs, "test-redis")).toHaveLength(1);
    expect(created()).toBe(before + 1);
    const after = onlyTask(ecs, "test-redis");
    expect(after.taskDefinition).toBe("test-redis:2");
    expect(await redis(after, auth(ecs), "GET key")).toContain("value");
  });
});

it("a first deployment without a circuit breaker succeeds by itself when EFS can be mounted", async () => {
  const app = template({ ...redisAlone, redisService: { desired_count: 0 } });
  await withLocalEcs({ template: app, healthLag: 10 }, async ({ ecs, events }) => {
    await ecs.waitUntilStable();
    ecs.faults.mountFails(true);
    const first = template({ ...redisAlone, redisService: { wait_for_steady_state: true } });
    const applied = ecs.apply(first);
    const tries = () => events.filter((event) => event.type === "task" && !event.from).length;
    // A circuit breaker would end the deployment after three.
    await expect.poll(tries, { interval: 10 }).toBe(4);
    const message = "(service test-redis) is unable to consistently start tasks successfully.";
    const said = events.filter((event) => event.type === "service" && event.message === message);
    expect(said).toHaveLength(1);
    ecs.faults.mountFails(false);
    await applied;
    expect(running(ecs, "test-redis")).toHaveLength(1);
  });
});
