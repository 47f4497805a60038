import systemDns, { type LookupOptions } from "node:dns";

import { describe, expect, it, vi } from "vitest";

import { type CloudMapClient, cloudMapResolver } from "../../runtime/src/cloud-map.ts";
import { instance, startCloudMap } from "./support/fake-cloud-map.ts";

const NAME = "dev-redis.dev-ecs";
/** Timeout, in ms. */
const PATIENCE = 10_000;

const patience = () => ({ signal: AbortSignal.timeout(PATIENCE) });

describe("cloudMapResolver", () => {
  it("gives the healthy instances, or all if none is healthy, with the names of Cloud Map's DNS", async () => {
    await using api = await startCloudMap();
    const port = { AWS_INSTANCE_PORT: "6379" };
    api.set(NAME, [
      instance("a1", 32_768, "10.0.1.7"),
      { InstanceId: "v6", Attributes: { ...port, AWS_INSTANCE_IPV6: "fd00::7" } },
      { InstanceId: "none", Attributes: port },
    ]);
    const answer = await cloudMapResolver({ client: api.client }).resolve(NAME, patience());
    const common = { priority: 1, weight: 1, ttl: 5 };
    const targets = [
      { ...common, host: "a1.dev-redis.dev-ecs", port: 32_768, addresses: ["10.0.1.7"] },
      { ...common, host: "v6.dev-redis.dev-ecs", port: 6379, addresses: ["fd00::7"] },
      { ...common, host: "none.dev-redis.dev-ecs", port: 6379, addresses: [] },
    ];
    expect(answer).toEqual({ targets, ttl: 5 });
    const asked = { HealthStatus: "HEALTHY_OR_ELSE_ALL", MaxResults: 1_000 };
    const service = { ServiceName: "dev-redis", NamespaceName: "dev-ecs" };
    expect(api.calls).toEqual([{ ...service, ...asked }]);
  });

  it.each([
    ["redis.prod.internal", {}, "redis", "prod.internal"],
    ["redis.prod.internal.", {}, "redis", "prod.internal"],
    ["_redis._tcp.dev-ecs", {}, "_redis._tcp", "dev-ecs"],
    ["redis", { namespace: "dev-ecs" }, "redis", "dev-ecs"],
    ["redis.somewhere", { service: "dev-redis" }, "dev-redis", "somewhere"],
    ["any.name", { service: "dev-redis", namespace: "dev-ecs" }, "dev-redis", "dev-ecs"],
  ])("gets service and namespace from %s with %j", async (name, options, service, namespace) => {
    await using api = await startCloudMap();
    api.set(`${service}.${namespace}`, [instance("a1", 32_768)]);
    const resolver = cloudMapResolver({ client: api.client, ...options });
    const { targets } = await resolver.resolve(name, patience());
    expect(targets.map(({ host }) => host)).toEqual([`a1.${service}.${namespace}`]);
  });

  it("rejects a name with one label, and names the options", async () => {
    await using api = await startCloudMap();
    const resolver = cloudMapResolver({ client: api.client });
    await expect(resolver.resolve("redis", patience())).rejects.toThrow(
      "redis is not [service].[namespace]: give the options service and namespace",
    );
    expect(api.calls).toEqual([]);
  });

  it("leaves out instances without a usable port, and rejects if none has one", async () => {
    await using api = await startCloudMap();
    api.set(NAME, [instance("a1", undefined), instance("b2", 0), instance("c3", 32_768)]);
    api.set("web.dev-ecs", [instance("a1", undefined)]);
    const resolver = cloudMapResolver({ client: api.client });
    const { targets } = await resolver.resolve(NAME, patience());
    expect(targets.map(({ port }) => port)).toEqual([32_768]);
    await expect(resolver.resolve("web.dev-ecs", patience())).rejects.toThrow(
      "none of its 1 instances has the attribute AWS_INSTANCE_PORT",
    );
  });

  it.each([
    ["other.dev-ecs", "service other in Cloud Map namespace dev-ecs: ServiceNotFound"],
    ["dev-redis.other", "service dev-redis in Cloud Map namespace other: NamespaceNotFound"],
  ])("has no records for %s, and says what does not exist", async (name, problem) => {
    await using api = await startCloudMap();
    api.set(NAME, []);
    const resolver = cloudMapResolver({ client: api.client });
    const missing = {
      code: "ERR_SRV_NO_RECORDS",
      hostname: name,
      message: `DiscoverInstances of ${problem}: it does not exist`,
    };
    await expect(resolver.resolve(name, patience())).rejects.toMatchObject(missing);
    await expect(resolver.resolve(name, patience())).rejects.toMatchObject(missing);
    // The second answer is from the cache.
    expect(api.calls).toHaveLength(1);
  });

  it.each([
    [400, "ThrottlingException"],
    [400, "AccessDeniedException"],
    [500, "InternalFailure"],
  ])("rejects at status %i, %s, and does not ask again within a second", async (status, type) => {
    await using api = await startCloudMap();
    api.behaviour = { status, type };
    const resolver = cloudMapResolver({ client: api.client });
    const asked = "DiscoverInstances of service dev-redis in Cloud Map namespace dev-ecs";
    const failure = {
      code: "ERR_SRV_RESOLVE",
      hostname: NAME,
      message: expect.stringMatching(`^${asked}: ${type}`),
      cause: expect.objectContaining({ name: type }),
    };
    await expect(resolver.resolve(NAME, patience())).rejects.toMatchObject(failure);
    await expect(resolver.resolve(NAME, patience())).rejects.toMatchObject(failure);
    expect(api.calls).toHaveLength(1);
  });

  it("makes one call a second for a service, and shares its result", async () => {
    await using api = await startCloudMap();
    api.set(NAME, [instance("a1", 32_768)]);
    const resolver = cloudMapResolver({ client: api.client });
    const ports = async () =>
      (await resolver.resolve(NAME, patience())).targets.map(({ port }) => port);
    expect(await Promise.all([ports(), ports(), ports()])).toEqual([[32_768], [32_768], [32_768]]);
    api.set(NAME, [instance("a2", 32_769)]);
    expect(await ports()).toEqual([32_768]);
    expect(api.calls).toHaveLength(1);
    await vi.waitUntil(async () => (await ports())[0] === 32_769, { timeout: PATIENCE });
    expect(api.calls).toHaveLength(2);
  });

  it("cancels a silent call when no call waits for it any more, and not earlier", async () => {
    await using api = await startCloudMap();
    api.behaviour = "silent";
    const resolver = cloudMapResolver({ client: api.client });
    const [first, second] = [new AbortController(), new AbortController()];
    const silent = api.whenSilent();
    const failures = [first, second].map(({ signal }) => resolver.resolve(NAME, { signal }));
    const outcomes = Promise.allSettled(failures);
    await silent;
    first.abort(new Error("first gave up"));
    await expect(failures[0]).rejects.toThrow("first gave up");
    expect(api.open()).toBe(1);
    second.abort(new Error("second gave up"));
    await expect(failures[1]).rejects.toThrow("second gave up");
    await vi.waitUntil(() => api.open() === 0, { timeout: PATIENCE });
    await outcomes;
    expect(api.calls).toHaveLength(1);
  });

  it("also waits a second after cancelled calls", async () => {
    await using api = await startCloudMap();
    api.behaviour = "silent";
    const resolver = cloudMapResolver({ client: api.client });
    const caller = new AbortController();
    const silent = api.whenSilent();
    const failure = resolver.resolve(NAME, caller);
    const called = performance.now();
    await Promise.all([
      silent,
      expect(abortAfter(silent, caller, failure)).rejects.toThrow("late"),
    ]);
    api.behaviour = "right";
    api.set(NAME, [instance("a1", 32_768)]);
    await resolver.resolve(NAME, patience());
    expect(api.calls).toHaveLength(2);
    expect(performance.now() - called).toBeGreaterThan(990);
  });

  it("creates its own client, with region, credentials and endpoint of the environment", async () => {
    await using api = await startCloudMap();
    api.set(NAME, [instance("a1", 32_768)]);
    vi.stubEnv("AWS_REGION", "eu-central-1");
    vi.stubEnv("AWS_ACCESS_KEY_ID", "key");
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", "secret");
    vi.stubEnv("AWS_ENDPOINT_URL_SERVICEDISCOVERY", `http://cloud-map.test:${api.port}`);
    // The SDK adds "data-" to the host, and the system resolves it.
    const lookup = vi
      .spyOn(systemDns, "lookup")
      .mockImplementation(toLoopback as typeof systemDns.lookup);
    try {
      const resolver = cloudMapResolver();
      const { targets } = await resolver.resolve(NAME, patience());
      expect(targets).toMatchObject([{ host: "a1.dev-redis.dev-ecs", port: 32_768 }]);
      expect(lookup.mock.calls.map(([host]) => host)).toEqual(["data-cloud-map.test"]);
      expect(api.calls).toHaveLength(1);
    } finally {
      lookup.mockRestore();
      vi.unstubAllEnvs();
    }
  });

  it("refuses wrong options by name", () => {
    expect(wrong("dev-ecs")).toThrow("Invalid options: got 'dev-ecs'; allowed: an object");
    expect(wrong({ region: "x" })).toThrow(
      "Unknown option region; allowed: client, namespace, service",
    );
    expect(wrong({ client: {} })).toThrow("allowed: a ServiceDiscoveryClient");
    expect(wrong({ namespace: "" })).toThrow("Invalid namespace: got ''");
    expect(wrong({ service: 7 })).toThrow("Invalid service: got 7; allowed: a non-empty string");
  });
});

async function abortAfter(
  event: Promise<void>,
  caller: AbortController,
  call: Promise<unknown>,
): Promise<unknown> {
  await event;
  caller.abort(new Error("late"));
  return call;
}

/** Like dns.lookup, for a name of this machine. */
function toLoopback(
  _host: string,
  { all }: LookupOptions,
  callback: (...args: unknown[]) => void,
): void {
  const address = { address: "127.0.0.1", family: 4 };
  if (all === true) callback(null, [address]);
  else callback(null, address.address, address.family);
}

function wrong(options: unknown): () => unknown {
  return () => cloudMapResolver(options as { client: CloudMapClient });
}
