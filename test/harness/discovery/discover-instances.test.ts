import { DiscoverInstancesCommand, ServiceDiscoveryClient } from "@aws-sdk/client-servicediscovery";
import { expect, test } from "vitest";
import { EcsEvents } from "../events.ts";
import type { DiscoveryPlan } from "../terraform/plan.ts";
import { CloudMap } from "./cloud-map.ts";
import { startDiscoverInstances } from "./discover-instances.ts";

const PLAN: DiscoveryPlan = {
  address: "aws_service_discovery_service.redis",
  name: "dev-redis.dev-ecs",
  namespace: "dev-ecs",
  routingPolicy: "MULTIVALUE",
  records: [{ type: "SRV", ttl: 5 }],
};

test("the real SDK client finds the instances that are registered now", async () => {
  await using api = await start();
  expect((await api.discover({})).Instances).toEqual([]);
  api.map.register(PLAN.address, { id: "a", address: "127.0.0.2", port: 40_000, healthy: true });
  const { Instances } = await api.discover({});
  expect(Instances).toEqual([
    {
      InstanceId: "a",
      NamespaceName: "dev-ecs",
      ServiceName: "dev-redis",
      HealthStatus: "HEALTHY",
      Attributes: { AWS_INSTANCE_IPV4: "127.0.0.2", AWS_INSTANCE_PORT: "40000" },
    },
  ]);
});

test("health and the most results wanted choose among them", async () => {
  await using api = await start();
  const ids = async (options: Parameters<typeof api.discover>[0]) =>
    (await api.discover(options)).Instances?.map(({ InstanceId }) => InstanceId);
  api.map.register(PLAN.address, { id: "a", address: "127.0.0.2", port: 40_000, healthy: true });
  api.map.register(PLAN.address, { id: "b", address: "127.0.0.3", port: 40_001, healthy: false });
  expect(await ids({})).toEqual(["a", "b"]);
  expect(await ids({ HealthStatus: "HEALTHY" })).toEqual(["a"]);
  expect(await ids({ HealthStatus: "UNHEALTHY" })).toEqual(["b"]);
  expect(await ids({ HealthStatus: "HEALTHY_OR_ELSE_ALL" })).toEqual(["a"]);
  expect(await ids({ MaxResults: 1 })).toEqual(["a"]);
  api.map.setHealth(PLAN.address, "a", false);
  expect(await ids({ HealthStatus: "HEALTHY_OR_ELSE_ALL" })).toEqual(["a", "b"]);
});

test("an unknown namespace, service or value is told as the API tells it", async () => {
  await using api = await start();
  await expect(api.discover({ NamespaceName: "other" })).rejects.toThrow(
    expect.objectContaining({ name: "NamespaceNotFound" }),
  );
  await expect(api.discover({ ServiceName: "other" })).rejects.toThrow(
    expect.objectContaining({ name: "ServiceNotFound" }),
  );
  await expect(api.discover({ MaxResults: 5_000 })).rejects.toThrow(
    expect.objectContaining({ name: "InvalidInput" }),
  );
});

async function start() {
  const map = new CloudMap(new EcsEvents(), Math.random);
  map.configure(new Map([[PLAN.address, PLAN]]));
  const server = await startDiscoverInstances(map);
  const client = new ServiceDiscoveryClient({
    endpoint: `http://127.0.0.1:${server.port}`,
    disableHostPrefix: true,
    region: "eu-central-1",
    credentials: { accessKeyId: "key", secretAccessKey: "secret" },
    maxAttempts: 1,
  });
  return {
    map,
    discover: (options: Partial<ConstructorParameters<typeof DiscoverInstancesCommand>[0]>) =>
      client.send(
        new DiscoverInstancesCommand({
          NamespaceName: "dev-ecs",
          ServiceName: "dev-redis",
          ...options,
        }),
      ),
    async [Symbol.asyncDispose]() {
      client.destroy();
      await server.close();
    },
  };
}
