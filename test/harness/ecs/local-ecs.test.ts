import { Resolver } from "node:dns/promises";
import { describe, expect, it } from "vitest";
import { seen, withLocalEcs } from "./fixture/local.ts";
import { images } from "./fixture/local-images.ts";
import { replyOf } from "./fixture/redis-client.ts";
import { onlyTask, portOf, redis, running, service } from "./fixture/services.ts";
import { template, type Overrides } from "./fixture/template.ts";
import { startLocalEcs, type LocalEcs } from "../../../harness/ecs/local-ecs.ts";

const get = async ({ loadBalancers: [balancer] }: LocalEcs, target: string): Promise<string> =>
  (await fetch(`${balancer?.url}${target}`)).text();

const release = (version: string): Overrides => ({
  appContainer: {
    image: `repo/app:${version}`,
    environment: [
      { name: "PORT", value: "3000" },
      { name: "REDIS_NAME", value: "test-redis.test-ecs" },
      { name: "VERSION", value: version },
    ],
  },
});

describe("a local ECS", () => {
  it("runs an environment, deploys only the app, moves Redis, and removes the app", async () => {
    await withLocalEcs({ template: template(), healthLag: 10 }, async ({ ecs, events }) => {
      await ecs.waitUntilStable();
      const before = onlyTask(ecs, "test-redis");
      // A task without a health check is stable as soon as it runs.
      await expect.poll(() => ecs.log(before.id)).toContain("Ready to accept connections");
      await expect(ecs.log(before.id, "sidecar")).rejects.toMatchObject({
        code: "ERR_INVALID_ARG",
        message: expect.stringContaining('"sidecar"; containers: redis'),
      });

      // DNS has the address and port of Redis.
      const resolver = new Resolver();
      resolver.setServers([ecs.dnsServer]);
      const srv = { name: `${before.id}.test-redis.test-ecs`, priority: 1, weight: 1 };
      expect(await resolver.resolveSrv("test-redis.test-ecs")).toEqual([
        { ...srv, port: portOf(before) },
      ]);
      expect(await resolver.resolve4(srv.name)).toEqual([before.address]);
      expect(JSON.parse(await get(ecs, "/srv"))).toEqual([{ ...srv, port: portOf(before) }]);
      expect(await get(ecs, "/lookup")).toBe(before.address);
      const password = ecs.secret("test/redis");
      expect(await redis(before, `AUTH ${password}`, "SET k kept")).toContain("+OK");

      const healthy = { service: "test-app", state: "healthy", failure: undefined };
      expect(ecs.targets).toMatchObject([healthy, healthy]);
      for (const { address, containers } of running(ecs, "test-app")) {
        const port = containers[0]?.ports[0]?.hostPort;
        const own = await fetch(`http://${address}:${port}/version`);
        expect(await own.text()).toBe("1");
      }

      // A release of the app does not touch Redis, and has no gap.
      const apps = running(ecs, "test-app").map(({ id }) => id);
      const mark = events.length;
      const slow = get(ecs, "/slow");
      expect(await ecs.apply(template(release("2")))).toEqual([
        "aws_ecs_task_definition.app",
        "aws_ecs_service.app",
      ]);
      await ecs.waitUntilStable();
      expect(await slow).toBe("slow");
      expect(await get(ecs, "/version")).toBe("2");
      expect(running(ecs, "test-app").some(({ id }) => apps.includes(id))).toBe(false);
      expect(running(ecs, "test-app").map(({ taskDefinition }) => taskDefinition)).toEqual([
        "test-app:2",
        "test-app:2",
      ]);
      const touched = events.slice(mark).filter((event) => "service" in event);
      expect(touched.some((event) => "service" in event && event.service === "test-redis")).toBe(
        false,
      );

      // Redis moves: it stops before it starts on the other host, with its data.
      ecs.drainHost(before.host ?? "");
      await ecs.waitUntilStable();
      const after = onlyTask(ecs, "test-redis");
      expect(after.host).not.toBe(before.host);
      expect(portOf(after)).not.toBe(portOf(before));
      expect(ecs.task(before.id)).toMatchObject({
        status: "STOPPED",
        containers: [{ exitCode: 0 }],
        stoppedReason: "Service scheduler: container instance is DRAINING",
      });
      expect(ecs.task(before.id).stoppedAt).toBeLessThanOrEqual(after.createdAt);
      expect(await redis(after, `AUTH ${password}`, "GET k")).toContain("kept");
      await expect
        .poll(async () => (await resolver.resolveSrv("test-redis.test-ecs"))[0]?.port)
        .toBe(portOf(after));
      expect(running(ecs, "test-app").every(({ host }) => host === after.host)).toBe(true);

      // A service that is no longer declared is removed.
      const whole = template(release("2")) as { resource: Record<string, Record<string, object>> };
      delete whole.resource["aws_ecs_service"]?.["app"];
      await ecs.apply(whole);
      expect(ecs.services.map(({ name }) => name)).toEqual(["test-redis"]);
      expect(await get(ecs, "/")).toContain("503");
    });
  });

  it("replaces a killed Redis with its data, which takes long to load on slow storage", async () => {
    const run = { template: template({ appService: { desired_count: 0 } }) };
    await withLocalEcs(run, async ({ ecs }) => {
      await ecs.waitUntilStable();
      const before = onlyTask(ecs, "test-redis");
      const auth = `AUTH ${ecs.secret("test/redis")}`;
      // With everysec, the kill could discard the last writes.
      const writes = Array.from({ length: 1500 }, (_, key) => `SET k${key} v`);
      await redis(before, auth, "CONFIG SET appendfsync always", ...writes);
      ecs.faults.slowStorage({ keyLoadDelayMicros: 500 });
      ecs.faults.kill(before.id);
      await expect.poll(() => ecs.task(before.id).status).toBe("STOPPED");
      expect(ecs.task(before.id).containers[0]?.exitCode).toBe(137);
      // It loads before it counts as healthy.
      await expect.poll(() => running(ecs, "test-redis")).toHaveLength(1);
      const after = onlyTask(ecs, "test-redis");
      const ping = async (): Promise<string> =>
        (await replyOf(after, [auth, "PING"]).catch(() => [])).join(" ");
      await expect.poll(ping, { interval: 20 }).toContain("-LOADING");
      await expect.poll(ping, { interval: 20 }).toContain("+PONG");
      expect(await redis(after, auth, "GET k1499")).toContain("v");
    });
  });

  it("rolls back a release that never becomes healthy", async () => {
    const breaker = { deployment_circuit_breaker: { enable: true, rollback: true } };
    const overrides = { appService: { ...breaker, desired_count: 1 } };
    await withLocalEcs({ template: template(overrides) }, async (run) => {
      const { ecs } = run;
      await ecs.waitUntilStable();
      const [serving] = running(ecs, "test-app");
      const bad = template({ ...overrides, appContainer: { command: ["sh", "-c", "exit 3"] } });
      await ecs.apply(bad);
      await seen(run, (event) => event.type === "deployment" && event.status === "FAILED");
      await ecs.waitUntilStable();
      expect(running(ecs, "test-app").map(({ id }) => id)).toEqual([serving?.id]);
      expect(await get(ecs, "/version")).toBe("1");
      const exits = (): unknown[] =>
        service(ecs, "test-app")
          .tasks.filter(({ status }) => status === "STOPPED")
          .map(({ containers }) => containers[0]?.exitCode);
      await expect.poll(exits).toEqual([3, 3, 3]);
      // Terraform finds another task definition than in the template, and deploys again.
      expect(await ecs.apply(bad)).toEqual(["aws_ecs_service.app"]);
      expect(service(ecs, "test-app").deployments[0]?.taskDefinition).toBe("test-app:2");
    });
  });

  it("stops the other containers of an essential one at once, without waiting for the load balancer", async () => {
    const common = { image: "shell", memory: 32, linuxParameters: { initProcessEnabled: true } };
    const server = `require("http")
      .createServer(({ url }, answer) => url === "/slow" ? console.log("slow") : answer.end())
      .listen(process.env.PORT, process.env.HOST)`;
    const app = {
      name: "app",
      command: ["node", "-e", server],
      portMappings: [{ containerPort: 3000 }],
      environment: [{ name: "PORT", value: "3000" }],
    };
    const containers = [app, { name: "side", command: ["sleep", "600"] }];
    const overrides = {
      appTask: {
        container_definitions: JSON.stringify(containers.map((each) => ({ ...common, ...each }))),
      },
      appService: { desired_count: 1 },
      redisService: { desired_count: 0 },
      targetGroup: { deregistration_delay: 3_600 },
    };
    const options = {
      template: template(overrides),
      images: { shell: {}, redis: { command: ["x"] } },
    };
    await withLocalEcs(options, async ({ ecs }) => {
      await ecs.waitUntilStable();
      const { id } = onlyTask(ecs, "test-app");
      const slow = get(ecs, "/slow");
      await expect.poll(() => ecs.log(id, "app")).toContain("slow");
      ecs.faults.kill(`${id}/side`);
      expect(await slow).toContain("502");
    });
  });

  it("gives a task its own address in awsvpc mode, and the container's port in awsvpc and host mode", async () => {
    const awsvpc = template({
      redisTask: { network_mode: "awsvpc" },
      discovery: {
        dns_config: {
          namespace_id: "${aws_service_discovery_private_dns_namespace.main.id}",
          dns_records: [
            { type: "A", ttl: 2 },
            { type: "SRV", ttl: 2 },
          ],
        },
      },
      appTask: { network_mode: "host" },
      appService: { desired_count: 2 },
    });
    await withLocalEcs({ template: awsvpc }, async ({ ecs }) => {
      await ecs.waitUntilStable();
      const task = onlyTask(ecs, "test-redis");
      expect(ecs.hosts.map(({ address }) => address)).not.toContain(task.address);
      expect(portOf(task)).toBe(6379);
      const resolver = new Resolver();
      resolver.setServers([ecs.dnsServer]);
      expect(await resolver.resolve4("test-redis.test-ecs")).toEqual([task.address]);
      expect(await resolver.resolveSrv("test-redis.test-ecs")).toMatchObject([{ port: 6379 }]);
      expect(await redis(task, `AUTH ${ecs.secret("test/redis")}`)).toContain("+OK");
      // In host mode one task of the service fits on a host.
      expect(running(ecs, "test-app").map(portOf)).toEqual([3000, 3000]);
      expect(new Set(running(ecs, "test-app").map(({ host }) => host)).size).toBe(2);
      expect(await get(ecs, "/healthz")).toBe("ok");
    });
  });

  it("reports why a service is not stable", async () => {
    const appContainer = { memory: 1500, memoryReservation: 1500 };
    const overrides = { appContainer, appService: { desired_count: 3 } };
    await withLocalEcs({ template: template(overrides) }, async (run) => {
      const reason = expect.stringContaining("insufficient memory available");
      expect(await seen(run, ({ type }) => type === "service")).toMatchObject({ message: reason });
      await expect(run.ecs.waitUntilStable({ timeout: 1 })).rejects.toMatchObject({
        code: "ERR_TIMEOUT",
        message: reason,
      });
    });
  });

  it("waits for a steady state before dependent services", async () => {
    const overrides = {
      redisService: { wait_for_steady_state: true },
      redisContainer: { memory: 9000 },
    };
    const options = { template: template(overrides), images: images(), steadyStateTimeout: 300 };
    await using ecs = await startLocalEcs(options);
    await expect(ecs.apply()).rejects.toMatchObject({
      code: "ERR_TIMEOUT",
      message: expect.stringContaining("test-redis: 0 of 1 tasks are healthy"),
    });
    expect(ecs.services.map(({ name }) => name)).toEqual(["test-redis"]);
  });

  it("runs at the same time as another one", async () => {
    const run = { template: template() };
    await withLocalEcs(run, async ({ ecs: one }) => {
      await withLocalEcs(run, async ({ ecs: other }) => {
        for (const ecs of [one, other]) await ecs.waitUntilStable();
        const addresses = new Set([...one.hosts, ...other.hosts].map(({ address }) => address));
        expect(addresses.size).toBe(4);
        for (const ecs of [one, other]) {
          const redisTask = onlyTask(ecs, "test-redis");
          expect(await redis(redisTask, `AUTH ${ecs.secret("test/redis")}`)).toContain("+OK");
          expect(JSON.parse(await get(ecs, "/srv"))).toMatchObject([{ port: portOf(redisTask) }]);
        }
      });
    });
  });
});

describe("startLocalEcs refuses, before it starts anything,", () => {
  it.each([
    ["an unknown image", { images: { redis: {} } }, "ERR_IMAGE"],
    ["a negative time", { healthLag: -1 }, "ERR_INVALID_ARG"],
    ["a time that is text", { soaTtl: "15" as unknown as number }, "ERR_INVALID_ARG"],
    ["a missing template", { template: "/nowhere.json" }, "ERR_TEMPLATE"],
  ])("%s", async (_what, options, code) => {
    const starting = startLocalEcs({ template: template(), images: images(), ...options });
    await expect(starting).rejects.toMatchObject({ code });
  });
});
