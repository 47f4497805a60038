import { describe, expect, it } from "vitest";
import { EcsEvents, type EcsEventOf } from "../../../../harness/ecs/base/events.ts";
import type { DiscoveryPlan } from "../../../../harness/ecs/terraform/plan/plan.ts";
import { RCODE } from "../../../../harness/ecs/discovery/dns-records.ts";
import { VpcResolver } from "../../../../harness/ecs/discovery/vpc-resolver.ts";
import { choose, CloudMap, type Instance } from "../../../../harness/ecs/discovery/cloud-map.ts";

const plan: DiscoveryPlan = {
  address: "aws_service_discovery_service.redis",
  namespace: "dev-ecs",
  name: "dev-redis.dev-ecs",
  routingPolicy: "MULTIVALUE",
  records: [{ type: "SRV", ttl: 5 }],
};

const instance = (id: string, healthy = true): Instance => ({
  id,
  address: "127.0.0.9",
  port: 40_000,
  healthy,
  attributes: {},
});

function registry(changes: Partial<DiscoveryPlan> = {}) {
  const events = new EcsEvents();
  const seen: EcsEventOf<"record">[] = [];
  events.on("record", (event) => seen.push(event));
  const cloudMap = new CloudMap(events, () => 0);
  cloudMap.configure(new Map([[plan.address, { ...plan, ...changes }]]));
  const records = () => cloudMap.zones().flatMap((zone) => zone.records());
  return { cloudMap, seen, records };
}

describe("CloudMap", () => {
  it("has no zone of a namespace whose services have no records, and yet its instances", () => {
    const { cloudMap } = registry({ records: [] });
    cloudMap.register(plan.address, instance("task1"));
    expect(cloudMap.zones()).toEqual([]);
    expect(cloudMap.hasNamespace("dev-ecs")).toBe(true);
    expect(cloudMap.instances(plan.name)).toMatchObject([{ id: "task1" }]);
  });

  it("publishes an SRV record and its target's address for each instance", () => {
    const { cloudMap, records } = registry();
    cloudMap.register(plan.address, instance("task1"));
    expect(records()).toEqual([
      {
        type: "SRV",
        name: "dev-redis.dev-ecs",
        ttl: 5,
        priority: 1,
        weight: 1,
        port: 40_000,
        target: "task1.dev-redis.dev-ecs",
      },
      { type: "A", name: "task1.dev-redis.dev-ecs", ttl: 5, address: "127.0.0.9" },
    ]);
  });

  it.each<[what: string, change: Partial<DiscoveryPlan>, kept: number]>([
    ["another TTL", { records: [{ type: "SRV", ttl: 9 }] }, 1],
    ["another name", { name: "other.dev-ecs" }, 0],
    ["another namespace", { name: "dev-redis.other", namespace: "other" }, 0],
    ["another routing policy", { routingPolicy: "WEIGHTED" }, 0],
    ["another type of record", { records: [{ type: "A", ttl: 5 }] }, 0],
  ])("with %s, keeps this many instances: %j -> %i", (_what, change, kept) => {
    const { cloudMap, seen } = registry();
    cloudMap.register(plan.address, instance("task1"));
    const next = { ...plan, ...change };
    cloudMap.configure(new Map([[plan.address, next]]));
    expect(cloudMap.instances(next.name)).toHaveLength(kept);
    expect(seen.filter(({ action }) => action === "deregistered")).toHaveLength(1 - kept);
  });

  it("removes the instances of a removed service", () => {
    const { cloudMap, seen } = registry();
    cloudMap.register(plan.address, instance("task1"));
    cloudMap.configure(new Map());
    expect(seen.map(({ action }) => action)).toEqual(["registered", "deregistered"]);
    cloudMap.configure(new Map([[plan.address, plan]]));
    expect(cloudMap.instances(plan.name)).toEqual([]);
  });

  it("counts every instance as healthy if ECS cannot report health", () => {
    const { cloudMap } = registry({ ignoresHealth: true });
    cloudMap.register(plan.address, instance("task1", false));
    cloudMap.setHealth(plan.address, "task1", false);
    expect(cloudMap.instances(plan.name)).toEqual([instance("task1", true)]);
  });

  it("publishes each registration, change of health and deregistration once", () => {
    const { cloudMap, seen, records } = registry();
    cloudMap.register(plan.address, instance("task1", false));
    cloudMap.setHealth(plan.address, "task1", true);
    cloudMap.setHealth(plan.address, "task1", true);
    cloudMap.deregister(plan.address, "task1");
    cloudMap.deregister(plan.address, "task1");
    cloudMap.setHealth(plan.address, "task1", false);
    expect(seen.map(({ action, healthy }) => [action, healthy])).toEqual([
      ["registered", false],
      ["health", true],
      ["deregistered", true],
    ]);
    expect(records()).toEqual([]);
  });
});

describe("CloudMap's namespaces", () => {
  it("have a zone even without services", () => {
    const { cloudMap } = registry();
    cloudMap.namespaces = ["dev-ecs", "empty"];
    expect(cloudMap.zones().map(({ name }) => name)).toEqual(["dev-ecs", "empty"]);
    cloudMap.configure(new Map());
    expect(cloudMap.zones().map(({ name }) => name)).toEqual(["dev-ecs", "empty"]);
    expect(["empty", "other"].map((name) => cloudMap.hasNamespace(name))).toEqual([true, false]);
    const { respond } = new VpcResolver(() => cloudMap.zones(), 15);
    expect(respond("x.empty", "A").rcode).toBe(RCODE.NXDOMAIN);
    expect(respond("x.other", "A").rcode).toBe(RCODE.REFUSED);
  });
});

describe("choose", () => {
  const healthy = Array.from({ length: 10 }, (_, index) => instance(`h${index}`));
  const sick = [instance("s1", false), instance("s2", false)];

  it("returns at most eight healthy ones", () => {
    const chosen = choose([...sick, ...healthy], "MULTIVALUE", Math.random);
    expect(new Set(chosen).size).toBe(8);
    expect(chosen.every((each) => each.healthy)).toBe(true);
  });

  it("returns unhealthy ones if none is healthy", () => {
    expect(new Set(choose(sick, "MULTIVALUE", Math.random))).toEqual(new Set(sick));
    expect(choose([], "MULTIVALUE", Math.random)).toEqual([]);
  });

  it("returns one with the policy WEIGHTED, at random", () => {
    expect(choose(healthy, "WEIGHTED", () => 0)).toEqual([healthy[0]]);
    expect(choose(healthy, "WEIGHTED", () => 0.99)).toEqual([healthy[9]]);
  });
});
