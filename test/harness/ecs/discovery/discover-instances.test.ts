import {
  DiscoverInstancesCommand,
  ServiceDiscoveryClient,
  type DiscoverInstancesCommandInput,
} from "@aws-sdk/client-servicediscovery";
import { expect, test } from "vitest";
import { EcsEvents } from "../../../../harness/ecs/base/events.ts";
import type { DiscoveryPlan } from "../../../../harness/ecs/terraform/plan/plan.ts";
import { CloudMap, type Instance } from "../../../../harness/ecs/discovery/cloud-map.ts";
import { Agent } from "../../../../harness/ecs/agent/agent.ts";

const PLAN: DiscoveryPlan = {
  address: "aws_service_discovery_service.redis",
  name: "dev-redis.dev-ecs",
  namespace: "dev-ecs",
  routingPolicy: "MULTIVALUE",
  records: [{ type: "SRV", ttl: 5 }],
};

const zone = (letter: string) => ({ AVAILABILITY_ZONE: `eu-central-1${letter}` });

test("the AWS SDK finds the registered instances", async () => {
  await using api = await start();
  expect((await api.discover({})).Instances).toEqual([]);
  api.register("a", "127.0.0.2", { ECS_SERVICE_NAME: "redis" });
  const { Instances } = await api.discover({});
  expect(Instances).toEqual([
    {
      InstanceId: "a",
      NamespaceName: "dev-ecs",
      ServiceName: "dev-redis",
      HealthStatus: "HEALTHY",
      Attributes: {
        AWS_INSTANCE_IPV4: "127.0.0.2",
        AWS_INSTANCE_PORT: "40000",
        ECS_SERVICE_NAME: "redis",
      },
    },
  ]);
});

test("other requests are refused", async () => {
  await using api = await start();
  const post = async (body: string, target = "Route53AutoNaming_v20170314.DiscoverInstances") => {
    const headers = { "x-amz-target": target };
    const url = `http://127.0.0.1:${api.port}/`;
    return (await fetch(url, { method: "POST", headers, body })).text();
  };
  expect(await post("{}", "Route53AutoNaming_v20170314.ListServices")).toContain(
    "AWS_ENDPOINT_URL",
  );
  for (const body of ["half a {", " ".repeat(100_000)]) {
    expect(await post(body)).toContain("InvalidInput");
  }
});

test("HealthStatus and MaxResults select instances", async () => {
  await using api = await start();
  const { ids } = api;
  api.register("a", "127.0.0.2");
  api.register("b", "127.0.0.3");
  api.map.setHealth(PLAN.address, "b", false);
  expect(await ids({})).toEqual(["a", "b"]);
  expect(await ids({ HealthStatus: "HEALTHY" })).toEqual(["a"]);
  expect(await ids({ HealthStatus: "UNHEALTHY" })).toEqual(["b"]);
  expect(await ids({ HealthStatus: "HEALTHY_OR_ELSE_ALL" })).toEqual(["a"]);
  expect(await ids({ MaxResults: 1 })).toEqual(["a"]);
  api.map.setHealth(PLAN.address, "a", false);
  expect(await ids({ HealthStatus: "HEALTHY_OR_ELSE_ALL" })).toEqual(["a", "b"]);
});

test("query parameters select instances, optional ones if an instance has them", async () => {
  await using api = await start();
  const { ids } = api;
  api.register("a", "127.0.0.2", zone("a"));
  api.register("b", "127.0.0.3", zone("b"));
  expect(await ids({ QueryParameters: zone("b") })).toEqual(["b"]);
  expect(await ids({ QueryParameters: zone("c") })).toEqual([]);
  expect(await ids({ QueryParameters: { AWS_INSTANCE_PORT: "1" } })).toEqual([]);
  expect(await ids({ OptionalParameters: zone("b") })).toEqual(["b"]);
  expect(await ids({ OptionalParameters: zone("c") })).toEqual(["a", "b"]);
  const a = { AWS_INSTANCE_IPV4: "127.0.0.2" };
  expect(await ids({ QueryParameters: a, OptionalParameters: zone("b") })).toEqual(["a"]);
});

test("the revision grows with registrations and deregistrations, not with health", async () => {
  await using api = await start();
  const revision = async (): Promise<number> => (await api.discover({})).InstancesRevision ?? -1;
  const before = await revision();
  api.register("a", "127.0.0.2");
  const registered = await revision();
  api.map.setHealth(PLAN.address, "a", false);
  expect(await revision()).toBe(registered);
  api.map.deregister(PLAN.address, "a");
  expect([before < registered, registered < (await revision())]).toEqual([true, true]);
});

test("an unknown namespace, service or value is refused as the API does", async () => {
  await using api = await start();
  await expect(api.discover({ NamespaceName: "other" })).rejects.toThrow(
    expect.objectContaining({ name: "NamespaceNotFound" }),
  );
  api.map.namespaces = ["empty"];
  await expect(api.discover({ NamespaceName: "empty" })).rejects.toThrow(
    expect.objectContaining({ name: "ServiceNotFound" }),
  );
  await expect(api.discover({ ServiceName: "other" })).rejects.toThrow(
    expect.objectContaining({ name: "ServiceNotFound" }),
  );
  await expect(api.discover({ MaxResults: 5_000 })).rejects.toThrow(
    expect.objectContaining({ name: "InvalidInput" }),
  );
});

test("a browser page is refused, even with DNS rebinding", async () => {
  await using api = await start();
  api.register("a", "127.0.0.2");
  const ask = (headers: Readonly<Record<string, string>>): Promise<Response> =>
    fetch(`http://127.0.0.1:${api.port}`, {
      method: "POST",
      headers: { "x-amz-target": "Route53AutoNaming_v20170314.DiscoverInstances", ...headers },
      body: JSON.stringify({ NamespaceName: "dev-ecs", ServiceName: "dev-redis" }),
    });
  expect((await ask({})).status).toBe(200);
  const refused = await ask({ origin: "http://rebound.example" });
  expect(refused.status).toBe(403);
  expect(await refused.text()).not.toContain("127.0.0.2");
});

async function start() {
  const map = new CloudMap(new EcsEvents(), Math.random);
  map.configure(new Map([[PLAN.address, PLAN]]));
  const parts = { cloudMap: map, failing: () => undefined, events: new EcsEvents() };
  const server = await Agent.start("127.0.0.1", parts);
  const client = new ServiceDiscoveryClient({
    endpoint: `http://127.0.0.1:${server.port}`,
    disableHostPrefix: true,
    region: "eu-central-1",
    credentials: { accessKeyId: "key", secretAccessKey: "secret" },
    maxAttempts: 1,
  });
  const names = { NamespaceName: "dev-ecs", ServiceName: "dev-redis" };
  const discover = (options: Partial<DiscoverInstancesCommandInput>) =>
    client.send(new DiscoverInstancesCommand({ ...names, ...options }));
  return {
    map,
    port: server.port,
    discover,
    ids: async (options: Partial<DiscoverInstancesCommandInput>) =>
      (await discover(options)).Instances?.map(({ InstanceId }) => InstanceId),
    register(id: string, address: string, attributes: Instance["attributes"] = {}): void {
      map.register(PLAN.address, { id, address, port: 40_000, healthy: true, attributes });
    },
    async [Symbol.asyncDispose]() {
      client.destroy();
      await server.close();
    },
  };
}
