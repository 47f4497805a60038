import { expect, it } from "vitest";
import { withLocalEcs } from "../fixture/local.ts";
import { redisAlone } from "../fixture/one-redis.ts";
import { onlyTask, running } from "../fixture/services.ts";
import { template } from "../fixture/template.ts";

it("images that cannot be pulled fail a deployment in ECS' words, and change nothing that runs", async () => {
  const redisService = {
    deployment_circuit_breaker: { enable: true, rollback: true },
    deployment_minimum_healthy_percent: 100,
    deployment_maximum_percent: 200,
    wait_for_steady_state: true,
  };
  const release = (redisContainer: object = {}): object =>
    template({ ...redisAlone, redisService, redisContainer });
  await withLocalEcs({ template: release(), healthLag: 10 }, async ({ ecs, events }) => {
    await ecs.waitUntilStable();
    const before = onlyTask(ecs, "test-redis");
    ecs.faults.pullFails(true);
    // After the rollback the service is steady, so Terraform stops waiting.
    await ecs.apply(release({ dockerLabels: { release: "2" } }));
    const rollouts = events.flatMap((event) => (event.type === "deployment" ? [event.status] : []));
    expect(rollouts).toContain("FAILED");
    const reasons = events.flatMap((event) =>
      event.type === "task" && event.to === "STOPPED" ? [event.reason] : [],
    );
    expect(reasons.join()).toContain("CannotPullContainerError: ");
    expect(running(ecs, "test-redis").map(({ id }) => id)).toEqual([before.id]);
    expect(running(ecs, "test-redis")[0]?.taskDefinition).toBe("test-redis:1");
    await ecs.faults.clear();
    expect(ecs.faults.active).toEqual([]);
  });
});
