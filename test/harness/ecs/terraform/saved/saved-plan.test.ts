import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { changesBetween } from "../../../../../harness/ecs/terraform/template-changes.ts";
import { content, recorded, templatesOf } from "./fixture.ts";

const SERVICE = 'module.service["redis"].aws_ecs_service.this';

describe("a first plan in HCL", () => {
  it("has its services, names and file systems, although values are unknown before apply", async () => {
    const { first, next, saved } = await templatesOf(recorded("handwritten-split.plan"));
    expect(first.plan.services.map(({ name, desiredCount }) => [name, desiredCount])).toEqual([
      ["dev-app", 2],
      ["dev-redis", 1],
    ]);
    const [registry] = first.plan.services[1]?.registries ?? [];
    expect(first.plan.discovery.get(registry?.address ?? "")?.name).toBe("dev-redis.dev-ecs");
    const redis = first.plan.taskDefinitions.get(first.plan.services[1]?.taskDefinition ?? "");
    expect(redis?.containers[0]?.mounts[0]?.directory).toBe("aws_efs_file_system.redis");
    expect(first.plan.hosts).toMatchObject({ count: 2 });
    expect(first.region).toBe("ap-northeast-1");
    expect(next).toBeUndefined();
    expect(saved.notPlayed).toEqual([
      "aws_efs_mount_target",
      "aws_security_group",
      "aws_subnet",
      "aws_vpc",
    ]);
  });

  it("lists the inferred references of dynamic blocks", async () => {
    const { saved } = await templatesOf(recorded("handwritten-split.plan"));
    expect(saved.inferred).toEqual([
      {
        argument: `${SERVICE}.service_registries.registry_arn`,
        address: 'module.service["redis"].aws_service_discovery_service.this[0]',
      },
      {
        argument: `module.service["redis"].aws_ecs_task_definition.this.volume.efs_volume_configuration.file_system_id`,
        address: "aws_efs_file_system.redis",
      },
    ]);
  });

  it("can have two containers with links in a task", async () => {
    const { first } = await templatesOf(recorded("handwritten-together.plan"));
    const [definition] = first.plan.taskDefinitions.values();
    expect(definition?.containers.map(({ name, links }) => [name, links])).toEqual([
      ["api", ["redis"]],
      ["redis", []],
    ]);
  });
});

describe("a state", () => {
  it("becomes the same as its plan, without inferred references", async () => {
    const plan = await templatesOf(recorded("handwritten-split.plan"));
    const state = await templatesOf(recorded("handwritten-split.state"));
    expect(state.saved.inferred).toEqual([]);
    expect(state.first.plan.discovery).toEqual(plan.first.plan.discovery);
    expect(state.first.plan.taskDefinitions).toEqual(plan.first.plan.taskDefinitions);
    expect(state.first.plan.hosts).toEqual(plan.first.plan.hosts);
    const served = state.first.plan.services.map(({ dependsOn: _order, ...service }) => service);
    expect(served).toEqual(
      plan.first.plan.services.map(({ dependsOn: _order, ...service }) => service),
    );
  });
});

describe("a release", () => {
  it.each([
    ["handwritten-split-release.plan", 'module.service["app"].aws_ecs_service.this', "1.4.2"],
    ["stg-app-release.plan", "aws_ecs_service.app_service", "@sha256:aaaa"],
  ])("%s: starts with the existing services, then deploys only the app", async (name, app, was) => {
    const { first, next } = await templatesOf(recorded(name));
    if (!next) throw new Error("there is no change");
    const images = [...first.plan.taskDefinitions.values()].flatMap((each) =>
      each.containers.map(({ image }) => image),
    );
    expect(images.some((image) => image.includes(was))).toBe(true);
    const changes = changesBetween(first, next);
    const modelled = changes.map(({ address, action }) => `${address} ${action}`);
    expect(modelled).toEqual([
      expect.stringMatching(/aws_ecs_task_definition\.\S+ replace$/),
      `${app} update`,
    ]);
  });

  it("replaces a service that Terraform replaces, even if its arguments do not change", async () => {
    const plan = content("handwritten-split-release.plan");
    for (const { address, change } of plan.resource_changes) {
      if (address === SERVICE) change.actions = ["delete", "create"];
    }
    const { first, next } = await templatesOf(plan);
    if (!next) throw new Error("there is no change");
    expect(changesBetween(first, next)).toContainEqual(
      expect.objectContaining({ address: SERVICE, action: "replace" }),
    );
  });

  it("does not change a service that keeps the replaced revision", async () => {
    const plan = content("handwritten-split-release.plan");
    const app = 'module.service["app"].aws_ecs_service.this';
    for (const { address, change } of plan.resource_changes) {
      if (address !== app) continue;
      change.actions = ["no-op"];
      change.after = change.before;
      change.after_unknown = {};
    }
    const { first, next } = await templatesOf(plan);
    if (!next) throw new Error("there is no change");
    expect(changesBetween(first, next).map(({ address }) => address)).toEqual([
      'module.service["app"].aws_ecs_task_definition.this',
    ]);
    expect(next.plan.services.find(({ address }) => address === app)?.keepsRevision).toBe(true);
  });
});

it.each([
  ["is refused in a file system that the plan creates", "dev-first-deploy.plan", "refused"],
  ["may be in a file system that exists", "stg-app-release.plan", "made"],
])("a directory without creation_info %s", async (_title, name, expected) => {
  const plan: object = JSON.parse(readFileSync(recorded(name), "utf8"), (key, value: unknown) =>
    key === "creation_info" ? [] : value,
  );
  const { first } = await templatesOf(plan);
  const redis = [...first.plan.taskDefinitions.values()].find(({ family }) =>
    family.endsWith("redis"),
  );
  expect(redis?.containers[0]?.mounts[0]?.ifMissing).toBe(expected);
});

describe("a plan of stacks in JSON", () => {
  it("has evaluated container definitions, with secrets by reference", async () => {
    const { first, saved } = await templatesOf(recorded("dev-first-deploy.plan"));
    const containers = [...first.plan.taskDefinitions.values()].flatMap((each) => each.containers);
    expect(containers.map(({ name }) => name)).toEqual(["app", "redis"]);
    expect(containers[0]?.secrets).toEqual([
      { name: "REDIS_PASSWORD", secret: "aws_secretsmanager_secret.password_secret" },
    ]);
    expect(first.secrets.value("dev-redis-password")).toBe("not-a-secret-0123456789");
    expect(containers[1]?.mounts[0]).toMatchObject({ path: "/data", ephemeral: false });
    expect(saved.inferred).toEqual([]);
    expect(first.plan.loadBalancers[0]?.listeners[0]?.action).toEqual({
      type: "forward",
      targetGroup: "aws_lb_target_group.load_balancer_targets",
    });
  });
});

describe("a plan of Terraform modules in JSON, called from HCL", () => {
  it("has their services, with dependencies", async () => {
    const { first } = await templatesOf(recorded("modules.plan"));
    expect(first.plan.services.map(({ name, dependsOn }) => [name, dependsOn.length > 0])).toEqual([
      ["dev-redis", true],
      ["dev-app", true],
    ]);
    const names = [...first.plan.discovery.values()].map(({ name }) => name);
    expect(names).toEqual(["dev-redis.dev-ecs"]);
    // Write-only values are drawn.
    const secret = "module.redis.aws_secretsmanager_secret.password_secret";
    expect(first.secrets.value(secret)).toMatch(/^[0-9a-f]{32}$/);
    expect(first.secrets.value(`${secret}_b`)).not.toBe(first.secrets.value(secret));
  });

  it("waits for what the call gives to a variable in depends_on", async () => {
    const plan = content("modules.plan");
    const called = plan.configuration.root_module.module_calls.redis.module.resources;
    called
      .find(({ type }: { type: string }) => type === "aws_ecs_service")
      .depends_on.push("var.cluster_name");
    const { first } = await templatesOf(plan);
    const [before] = (await templatesOf(recorded("modules.plan"))).first.plan.services;
    const [after] = first.plan.services;
    const added = after?.dependsOn.filter((each) => !before?.dependsOn.includes(each));
    expect(added).toEqual(["aws_ecs_cluster.main"]);
  });
});

describe("a `removed` block with destroy = false", () => {
  it("keeps the resources, and changes nothing", async () => {
    const plan = content("handwritten-split-release.plan");
    for (const each of plan.resource_changes) {
      if (!each.address.startsWith('module.service["redis"].')) continue;
      each.change.actions = ["forget"];
      each.change.after = null;
    }
    const { first, next, saved } = await templatesOf(plan);
    const services = [first, next].map((each) => each?.plan.services.map(({ name }) => name));
    expect(services).toEqual([
      ["dev-app", "dev-redis"],
      ["dev-app", "dev-redis"],
    ]);
    expect([...saved.changed].filter((address) => address.includes("redis"))).toEqual([]);
  });
});
