import { Resolver } from "node:dns/promises";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { FAST } from "../fixture/local.ts";
import { images } from "../fixture/local-images.ts";
import { onlyTask, portOf } from "../fixture/services.ts";
import { template } from "../fixture/template.ts";
import { startLocalEcs, type LocalEcs } from "../../../../harness/ecs/local-ecs.ts";

const NAME = "test-redis.test-ecs";

/** Queries once. Returns the port, or the code of the error. */
async function ask(ecs: LocalEcs, timeout = 2000): Promise<number | string | undefined> {
  const resolver = new Resolver({ timeout, tries: 1 });
  resolver.setServers([ecs.dnsServer]);
  return resolver.resolveSrv(NAME).then(
    ([record]) => record?.port,
    ({ code }: NodeJS.ErrnoException) => code,
  );
}

describe("a resolver and the Cloud Map API", () => {
  let ecs: LocalEcs;
  beforeAll(async () => {
    // With a TTL of 0 every question reaches the zone.
    const dns_config = {
      namespace_id: "${aws_service_discovery_private_dns_namespace.main.id}",
      dns_records: [{ type: "SRV", ttl: 0 }],
    };
    const overrides = { appService: { desired_count: 0 }, discovery: { dns_config } };
    const options = { template: template(overrides), images: images(), soaTtl: 0 };
    ecs = await startLocalEcs({ ...options, ...FAST });
    await ecs.apply();
    await ecs.waitUntilStable();
  });
  afterAll(() => ecs.close());
  const port = (): number => portOf(onlyTask(ecs, "test-redis"));
  afterEach(async () => {
    await ecs.faults.clear();
    if ((await ask(ecs)) !== port()) throw new Error("the resolver did not recover");
  });

  it.each([
    ["down", "ETIMEOUT", 150],
    ["servfail", "ESERVFAIL", 2000],
    ["nxdomain", "ENOTFOUND", 2000],
  ] as const)("fails while it is %s", async (kind, code, timeout) => {
    ecs.faults.dns(kind);
    expect(await ask(ecs, timeout)).toBe(code);
  });

  it("answers over TCP while UDP replies are truncated", async () => {
    ecs.faults.dns("truncated");
    expect(await ask(ecs)).toBe(port());
  });

  it("answers late while it is slow", async () => {
    ecs.faults.dns("slow", { delay: 400 });
    expect(await ask(ecs, 150)).toBe("ETIMEOUT");
    expect(await ask(ecs, 5000)).toBe(port());
  });

  it("sends wrong replies of four kinds, which clients ignore", async () => {
    ecs.faults.dns("wrong");
    for (let turn = 0; turn < 4; turn += 1) {
      expect(await ask(ecs, 150)).toMatch(/^E(TIMEOUT|BADRESP|CONNREFUSED|NODATA)$/);
    }
  });

  it("keeps the old records while it is stale, even after the task has stopped", async () => {
    ecs.faults.dns("stale");
    const before = port();
    ecs.drainHost(onlyTask(ecs, "test-redis").host ?? "");
    await ecs.waitUntilStable();
    expect(port()).not.toBe(before);
    expect(await ask(ecs)).toBe(before);
  });

  it("returns an error while it is throttled, nothing while it is down, and no hidden instances", async () => {
    const discover = async (within = 10_000): Promise<unknown> => {
      const response = await fetch(ecs.cloudMapApi, {
        method: "POST",
        headers: { "x-amz-target": "Route53AutoNaming_v20170314.DiscoverInstances" },
        body: JSON.stringify({ NamespaceName: "test-ecs", ServiceName: "test-redis" }),
        signal: AbortSignal.timeout(within),
      });
      return response.json();
    };
    expect(await discover()).toMatchObject({ Instances: [{}] });
    ecs.faults.cloudMapApi("throttled");
    expect(await discover()).toMatchObject({ __type: "RequestLimitExceeded" });
    ecs.faults.cloudMapApi("down");
    await expect(discover(300)).rejects.toThrow("timeout");
    ecs.faults.cloudMapApi(undefined);
    ecs.faults.records("gone");
    expect(await discover()).toMatchObject({ Instances: [] });
    expect(await ask(ecs)).toBe("ENOTFOUND");
  });
});
