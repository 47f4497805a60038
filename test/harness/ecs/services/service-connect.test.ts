import { describe, expect, it } from "vitest";
import { type LocalEcs, startLocalEcs } from "../../../../harness/ecs/local-ecs.ts";
import { tryIsolation } from "../../../../harness/ecs/machine/platform.ts";
import { server } from "../fixture/linked-redis.ts";
import { images } from "../fixture/local-images.ts";
import { withLocalEcs } from "../fixture/local.ts";
import { onlyTask, running, service } from "../fixture/services.ts";
import { template } from "../fixture/template.ts";

/** Names of Service Connect require a mount over /etc/hosts. */
const { pidNamespaces } = await tryIsolation({});

/** Asks Redis at its alias again and again, each time with a new connection. */
const CLIENT = `
  const { connect } = require("node:net");
  const ask = () => {
    const socket = connect(6390, "cache", () => socket.write("PING\\r\\n")).setTimeout(1000, () => socket.destroy());
    let said = "";
    socket.on("data", (data) => { said = String(data).trim(); socket.destroy(); });
    socket.on("error", ({ code }) => { said = code; });
    socket.on("close", () => { console.log(said || "closed"); setTimeout(ask, 50); });
  };
  ask();
`;

const namespace = "${aws_service_discovery_http_namespace.main.arn}";

/** A client, and a Redis with or without an endpoint. */
const connected = ({ hasEndpoint = true, redisService = {}, appService = {} } = {}): object =>
  template({
    redisTask: {
      volume: [],
      container_definitions: JSON.stringify([
        { ...server, portMappings: [{ name: "redis", containerPort: 6379 }] },
      ]),
    },
    redisService: {
      ...(hasEndpoint && {
        service_connect_configuration: {
          enabled: true,
          namespace,
          service: { port_name: "redis", client_alias: { dns_name: "cache", port: 6390 } },
        },
      }),
      ...redisService,
    },
    appContainer: { image: "redis", command: [process.execPath, "-e", CLIENT] },
    appService: {
      desired_count: 1,
      load_balancer: [],
      service_connect_configuration: { enabled: true, namespace },
      ...appService,
    },
    resource: { aws_service_discovery_http_namespace: { main: { name: "test" } } },
  });

/** The next answers of the client's only task. */
function answersOf(ecs: LocalEcs): { readonly next: () => Promise<string> } {
  const { id } = onlyTask(ecs, "test-app");
  let from = 0;
  const read = async (): Promise<string[]> => (await ecs.log(id)).split("\n").slice(0, -1);
  const next = async (): Promise<string> => {
    from = (await read()).length;
    // The first answer may have begun before.
    await expect
      .poll(async () => (await read()).length, { interval: 20 })
      .toBeGreaterThan(from + 1);
    return (await read()).at(-1) ?? "";
  };
  return { next };
}

describe.runIf(pidNamespaces)("Service Connect", () => {
  it("leads a client to the server at its alias, also after it has moved", async () => {
    await withLocalEcs({ template: connected() }, async ({ ecs }) => {
      await ecs.waitUntilStable();
      const { next } = answersOf(ecs);
      await expect.poll(next).toBe("+PONG");
      const before = onlyTask(ecs, "test-redis");
      ecs.drainHost(before.host ?? "");
      await expect
        .poll(() => running(ecs, "test-redis").some(({ id }) => id !== before.id))
        .toBe(true);
      await ecs.waitUntilStable();
      await expect.poll(answersOf(ecs).next).toBe("+PONG");
    });
  });

  it("is subject to a cut of the network to the server", async () => {
    await withLocalEcs({ template: connected() }, async ({ ecs }) => {
      await ecs.waitUntilStable();
      const { next } = answersOf(ecs);
      await expect.poll(next).toBe("+PONG");
      await ecs.faults.partition("test-redis", true);
      // The proxy accepts, and its own connection waits.
      await expect.poll(next).toBe("closed");
      await ecs.faults.partition("test-redis", false);
      await expect.poll(next).toBe("+PONG");
    });
  });

  it("shows tasks only the endpoints that existed when their deployment began", async () => {
    await withLocalEcs({ template: connected({ hasEndpoint: false }) }, async ({ ecs }) => {
      await ecs.waitUntilStable();
      const absent = /^(ENOTFOUND|EAI_AGAIN)$/;
      await expect.poll(answersOf(ecs).next).toMatch(absent);
      expect(await ecs.apply(connected())).toContain("aws_ecs_service.redis");
      await ecs.waitUntilStable();
      expect(service(ecs, "test-redis").deployments[0]?.rollout).toBe("COMPLETED");
      expect(await answersOf(ecs).next()).toMatch(absent);
      // Nor does a replacement in the same deployment.
      const first = onlyTask(ecs, "test-app");
      ecs.faults.kill(first.id, "SIGKILL");
      await expect.poll(() => ecs.task(first.id).status, { interval: 10 }).toBe("STOPPED");
      await ecs.waitUntilStable();
      expect(await answersOf(ecs).next()).toMatch(absent);
      ecs.forceNewDeployment("test-app");
      await ecs.waitUntilStable();
      await expect.poll(answersOf(ecs).next).toBe("+PONG");
    });
  });

  it("does not show an endpoint to a service that is deployed before its server", async () => {
    const redisService = { depends_on: ["aws_ecs_service.app"] };
    const appService = { depends_on: [] };
    const late = connected({ redisService, appService });
    await withLocalEcs({ template: late }, async ({ ecs }) => {
      await ecs.waitUntilStable();
      expect(await answersOf(ecs).next()).toMatch(/^(ENOTFOUND|EAI_AGAIN)$/);
    });
  });

  it("shows the endpoints of services that are created at the same time", async () => {
    const appService = { depends_on: [] };
    await withLocalEcs({ template: connected({ appService }) }, async ({ ecs }) => {
      await ecs.waitUntilStable();
      await expect.poll(answersOf(ecs).next).toBe("+PONG");
    });
  });
});

it("Service Connect is refused where /etc/hosts cannot be mounted", async () => {
  const options = { images: images(), platform: { pidNamespaces: false } };
  await expect(startLocalEcs({ ...options, template: connected() })).rejects.toMatchObject({
    code: "ERR_PLATFORM",
    message: expect.stringContaining(
      "aws_ecs_service.redis.service_connect_configuration: Service Connect requires root",
    ),
  });
  // Without an endpoint there are no names.
  await using ecs = await startLocalEcs({
    ...options,
    template: connected({ hasEndpoint: false }),
  });
  await expect(ecs.apply(connected())).rejects.toMatchObject({ code: "ERR_PLATFORM" });
});
