import { EventEmitter, once } from "node:events";
import { mkdtempSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { whyNoNetworks } from "../../../../harness/ecs/index.ts";
import { Task } from "../../../../harness/ecs/tasks/task.ts";
import { TaskNetworks } from "../../../../harness/ecs/tasks/task-networks.ts";
import { withLocalEcs } from "../fixture/local.ts";
import { auth } from "../fixture/one-redis.ts";
import { onlyTask, redis, running } from "../fixture/services.ts";
import { withTask } from "../fixture/task.ts";
import { template } from "../fixture/template.ts";

/** Why this machine cannot give containers networks; undefined if it can. */
const why = await whyNoNetworks();

/** A task in host mode. */
const inHostMode = (script: string) => ({
  network_mode: "host",
  volume: [],
  container_definitions: JSON.stringify([
    { name: "main", image: "app", memory: 64, command: [process.execPath, "-e", script] },
  ]),
});

describe.runIf(why === undefined)("processes with networks of their own", () => {
  it("listen on the port that their definition names, many on one machine", async () => {
    // PORT is not set: the program knows its port.
    const serve =
      'require("http").createServer((_, r) => r.end("ok")).listen(8080, () => console.log("listening"))';
    const appContainer = {
      image: "redis",
      command: [process.execPath, "-e", serve],
      environment: [],
      secrets: [],
      portMappings: [{ containerPort: 8080, hostPort: 0 }],
      healthCheck: {
        command: [
          "CMD-SHELL",
          `"${process.execPath}" -e 'fetch("http://localhost:8080/healthz").then(() => process.exit(0), () => process.exit(1))'`,
        ],
        interval: 5,
        timeout: 10,
        retries: 3,
        startPeriod: 0,
      },
    };
    const load_balancer = [
      {
        target_group_arn: "${aws_lb_target_group.app.arn}",
        container_name: "app",
        container_port: 8080,
      },
    ];
    const appService = { desired_count: 2, load_balancer };
    const whole = template({ appContainer, appService });
    await withLocalEcs({ template: whole, healthLag: 10, speed: 10 }, async ({ ecs }) => {
      await ecs.waitUntilStable();
      expect(running(ecs, "test-app")).toHaveLength(2);
      const url = ecs.loadBalancers[0]?.url ?? "";
      expect(await (await fetch(url)).text()).toBe("ok");
      const task = onlyTask(ecs, "test-redis");
      expect(await redis(task, auth(ecs), "SET a 1")).toContain("+OK");
    });
  });

  it("reach other networks through this machine, and this machine's localhost by its name", async () => {
    const beside = createServer((socket) => socket.end("beside\n"));
    beside.listen(0, "127.0.0.1");
    await once(beside, "listening");
    const { port } = beside.address() as AddressInfo;
    const ask = `require("net").connect(${port}, "host.docker.internal").on("error", console.log).pipe(process.stdout)`;
    const main = { name: "main", command: [process.execPath, "-e", ask] };
    try {
      await withTask([main], async ({ ecs }, task) => {
        await expect.poll(() => ecs.log(task().id, "main")).toBe("beside\n");
      });
    } finally {
      beside.close();
    }
  });

  it("in host mode share the network of their host", async () => {
    const serve =
      'require("http").createServer((_, r) => r.end("of the host")).listen(8126, "127.0.0.1")';
    const ask =
      "setInterval(() => fetch('http://127.0.0.1:8126').then((r) => r.text()).then(console.log, () => {}), 100)";
    const overrides = {
      redisTask: inHostMode(serve),
      // On each of the two hosts.
      redisService: { service_registries: undefined, desired_count: 2 },
      appTask: inHostMode(ask),
      appService: { load_balancer: [], desired_count: 1 },
    };
    await withLocalEcs({ template: template(overrides) }, async ({ ecs }) => {
      await ecs.waitUntilStable();
      const { id } = onlyTask(ecs, "test-app");
      await expect.poll(() => ecs.log(id, "main")).toContain("of the host");
    });
  });
});

it("a task whose second network fails leaves no first one", async () => {
  const closed: string[] = [];
  const made = ["first"];
  const create = async () => {
    const name = made.pop();
    if (name === undefined) throw new Error("no free address");
    return { close: async () => closed.push(name) };
  };
  const runtime = { platform: { networks: true }, networks: { create } };
  const plan = { networkMode: "bridge", containers: [{ name: "app" }, { name: "beside" }] };
  const asked = TaskNetworks.connect(plan as never, runtime as never, "host-1");
  await expect(asked).rejects.toThrow("no free address");
  expect(closed).toEqual(["first"]);
});

it("a task that is stopped while its networks are made closes them", async () => {
  const steps = new EventEmitter();
  let isClosed = false;
  const network = {
    close: async () => {
      isClosed = true;
    },
  };
  const create = async () => {
    steps.emit("asked");
    await once(steps, "made");
    return network;
  };
  const folder = mkdtempSync(join(tmpdir(), "task-"));
  const runtime = {
    platform: { networks: true },
    networks: { create },
    image: () => ({}),
    folders: { task: () => folder },
  };
  const container = { name: "app", links: [], dependsOn: [], volumesFrom: [] };
  const definition = { networkMode: "bridge", containers: [container] };
  const task = new Task({
    service: "app",
    deploymentId: "ecs-svc/1",
    revision: { definition, label: "app:1" },
    runtime,
    events: { publish: () => {} },
    onChange: () => {},
  } as never);
  const host = {
    address: "127.0.0.1",
    bind: async () => ({ ports: new Map(), linked: new Map() }),
    untilReachable: async () => {},
    release: () => {},
  };
  const asked = once(steps, "asked");
  const run = task.run(host as never);
  await asked;
  const stopped = task.stop("scaled in");
  await setImmediate();
  steps.emit("made");
  await Promise.all([run, stopped]);
  expect(task.status).toBe("STOPPED");
  expect(isClosed).toBe(true);
});
