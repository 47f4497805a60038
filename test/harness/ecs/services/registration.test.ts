import { describe, expect, it } from "vitest";
import { seen, withLocalEcs } from "../fixture/local.ts";
import { onlyTask, portOf } from "../fixture/services.ts";
import { template } from "../fixture/template.ts";
import type { LocalEcs } from "../../../../harness/ecs/local-ecs.ts";

interface Discovered {
  readonly Attributes: Readonly<Record<string, string>>;
}

/** The instances of the Redis service from DiscoverInstances. */
async function discovered({ cloudMapApi }: LocalEcs): Promise<readonly Discovered[]> {
  const response = await fetch(cloudMapApi, {
    method: "POST",
    headers: { "x-amz-target": "Route53AutoNaming_v20170314.DiscoverInstances" },
    body: JSON.stringify({ NamespaceName: "test-ecs", ServiceName: "test-redis" }),
  });
  return ((await response.json()) as { Instances: Discovered[] }).Instances;
}

describe("Cloud Map", () => {
  it("has the attributes and the health of a task, even if it became healthy before its registration", async () => {
    const healthCheck = { command: ["CMD-SHELL", "true"], interval: 5, timeout: 60, retries: 1 };
    const common = { image: "shell", memory: 16, command: ["sh", "-c", "exec sleep 60"] };
    const linuxParameters = { initProcessEnabled: true };
    const portMappings = [{ containerPort: 6379 }];
    const needs = [{ containerName: "redis", condition: "HEALTHY" }];
    const container_definitions = JSON.stringify([
      { name: "redis", ...common, linuxParameters, portMappings, healthCheck },
      { name: "side", ...common, linuxParameters, dependsOn: needs },
    ]);
    const overrides = { redisTask: { container_definitions }, appService: { desired_count: 0 } };
    const images = { shell: {}, app: { command: ["x"] } };
    const options = { template: template(overrides), images, healthLag: 1, speed: 20 };
    await withLocalEcs(options, async (run) => {
      await seen(run, (event) => event.type === "record" && event.healthy);
      const records = run.events.flatMap((event) =>
        event.type === "record" ? [[event.action, event.instanceId, event.healthy]] : [],
      );
      const { id } = onlyTask(run.ecs, "test-redis");
      expect(records).toEqual([
        ["registered", id, false],
        ["health", id, true],
      ]);
      const [instance] = await discovered(run.ecs);
      const { address, host = "" } = onlyTask(run.ecs, "test-redis");
      expect(instance?.Attributes).toEqual({
        AWS_INSTANCE_IPV4: address,
        AWS_INSTANCE_PORT: String(portOf(onlyTask(run.ecs, "test-redis"))),
        AVAILABILITY_ZONE: expect.stringMatching(/^eu-central-1[a-z]$/),
        REGION: "eu-central-1",
        EC2_INSTANCE_ID: host,
        ECS_CLUSTER_NAME: "test",
        ECS_SERVICE_NAME: "test-redis",
        ECS_TASK_DEFINITION_FAMILY: "test-redis",
      });
    });
  });
});
