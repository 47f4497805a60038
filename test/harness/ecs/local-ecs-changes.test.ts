import { Resolver } from "node:dns/promises";
import { describe, expect, it } from "vitest";
import { withLocalEcs } from "./fixture/local.ts";
import { service } from "./fixture/services.ts";
import { template } from "./fixture/template.ts";

const container = (seconds: number): object => ({
  image: "shell",
  command: ["sleep", String(seconds)],
  linuxParameters: undefined,
  stopTimeout: 2,
});
const images = { shell: {} };

const appOf = (seconds: number, more: object = {}): object =>
  template({
    redisService: { desired_count: 0 },
    redisContainer: container(99),
    appContainer: container(seconds),
    appService: {
      desired_count: 1,
      load_balancer: [],
      lifecycle: { ignore_changes: ["task_definition"] },
      ...more,
    },
  });

const named = (name: string): object =>
  template({
    appService: { desired_count: 0 },
    appContainer: container(99),
    redisContainer: container(99),
    redisService: { lifecycle: {} },
    discovery: { name, force_destroy: true },
  });

describe("an apply of a change", () => {
  it("keeps the revision of a service that ignores changes of it, with every deployment", async () => {
    await withLocalEcs({ template: appOf(98), images }, async ({ ecs }) => {
      await ecs.waitUntilStable();
      const [first] = service(ecs, "test-app").tasks;
      expect(await ecs.apply(appOf(99))).toEqual(["aws_ecs_task_definition.app"]);
      await ecs.apply(appOf(99, { tags: { deploy: "1" }, force_new_deployment: true }));
      await ecs.waitUntilStable();
      const { tasks, deployments } = service(ecs, "test-app");
      expect(tasks.some(({ id, status }) => status === "RUNNING" && id !== first?.id)).toBe(true);
      expect(deployments.map(({ taskDefinition }) => taskDefinition)).toEqual(["test-app:1"]);
      await ecs.apply(appOf(99, { name: "renamed" }));
      await ecs.waitUntilStable();
      expect(service(ecs, "renamed").deployments.map((each) => each.taskDefinition)).toEqual([
        "test-app:1",
      ]);
    });
  });

  it("registers only new tasks under a new Cloud Map name", async () => {
    await withLocalEcs({ template: named("one"), images }, async (run) => {
      const { ecs } = run;
      await ecs.waitUntilStable();
      const resolver = new Resolver({ timeout: 500, tries: 1 });
      resolver.setServers([ecs.dnsServer]);
      const [old] = await resolver.resolveSrv("one.test-ecs");
      expect(await ecs.apply(named("two"))).toEqual([
        "aws_service_discovery_service.redis",
        "aws_ecs_service.redis",
      ]);
      await ecs.waitUntilStable();
      const [next] = await resolver.resolveSrv("two.test-ecs");
      const records = run.events.filter((event) => event.type === "record");
      expect(records.map(({ action, name }) => `${action} ${name}`)).toEqual([
        "registered one.test-ecs",
        "deregistered one.test-ecs",
        "registered two.test-ecs",
      ]);
      expect(next?.name.split(".")[0]).not.toBe(old?.name.split(".")[0]);
    });
  });
});
