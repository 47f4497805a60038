import { Resolver } from "node:dns/promises";
import { describe, expect, it } from "vitest";
import { withLocalEcs } from "./fixture/local.ts";
import { template } from "./fixture/template.ts";

const container = (seconds: number): object => ({
  image: "shell",
  command: ["sleep", String(seconds)],
  linuxParameters: undefined,
  stopTimeout: 2,
});
const images = { shell: {} };

const named = (name: string): object =>
  template({
    appService: { desired_count: 0 },
    appContainer: container(99),
    redisContainer: container(99),
    redisService: { lifecycle: {} },
    discovery: { name, force_destroy: true },
  });

describe("an apply of a change", () => {
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
