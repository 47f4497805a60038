import { describe, expect, it } from "vitest";
import { whyNoImages } from "../../../../harness/ecs/index.ts";
import { withLocalEcs } from "../fixture/local.ts";
import { auth, redisAlone } from "../fixture/one-redis.ts";
import { onlyTask, redis, running } from "../fixture/services.ts";
import { template } from "../fixture/template.ts";

/** Why this machine cannot give containers networks; undefined if it can. */
const why = await whyNoImages();

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
    await withLocalEcs(
      { template: whole, networks: true, healthLag: 10, speed: 10 },
      async ({ ecs }) => {
        await ecs.waitUntilStable();
        expect(running(ecs, "test-app")).toHaveLength(2);
        const url = ecs.loadBalancers[0]?.url ?? "";
        expect(await (await fetch(url)).text()).toBe("ok");
        const task = onlyTask(ecs, "test-redis");
        expect(await redis(task, auth(ecs), "SET a 1")).toContain("+OK");
      },
    );
  });

  it("of one task find each other by links, also at a port that is not published", async () => {
    const server = {
      name: "redis",
      image: "redis",
      memory: 128,
      command: ["redis-server", "--protected-mode", "no", "--save", ""],
      portMappings: [{ containerPort: 6379, hostPort: 0 }],
    };
    const asking = {
      name: "asking",
      image: "redis",
      memory: 64,
      links: ["redis:cache"],
      command: ["sh", "-c", "while :; do redis-cli -h cache -p 6379 ping; sleep 0.2; done"],
    };
    const container_definitions = JSON.stringify([server, asking]);
    const overrides = { ...redisAlone, redisTask: { volume: [], container_definitions } };
    await withLocalEcs({ template: template(overrides), networks: true }, async ({ ecs }) => {
      await ecs.waitUntilStable();
      const { id } = onlyTask(ecs, "test-redis");
      await expect.poll(() => ecs.log(id, "asking")).toContain("PONG");
    });
  });
});
