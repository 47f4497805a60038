import { describe, expect, it } from "vitest";
import { FAST } from "./fixture/local.ts";
import { images } from "./fixture/local-images.ts";
import { onlyTask, service } from "./fixture/services.ts";
import { template } from "./fixture/template.ts";
import { startLocalEcs } from "../../../harness/ecs/local-ecs.ts";
import { readTemplate } from "../../../harness/ecs/terraform/template.ts";

/** Services without tasks. */
const idle = (cpu: number): object =>
  template({
    appTask: { cpu },
    redisService: { desired_count: 0 },
    appService: { desired_count: 0, load_balancer: [] },
  });

describe("an apply", () => {
  it("continues where a failed apply stopped", async () => {
    const linuxParameters = { initProcessEnabled: true };
    const program = { image: "shell", command: ["sh", "-c", "exec sleep 60"], linuxParameters };
    const release = (stopTimeout: number, desired_count: number): object =>
      template({
        redisContainer: { ...program, stopTimeout },
        redisService: { wait_for_steady_state: true },
        appContainer: { ...program, stopTimeout },
        appService: { desired_count, load_balancer: [] },
      });
    // Only services that are already steady are steady within 1 ms.
    const options = { images: { shell: {} }, steadyStateTimeout: 1, ...FAST };
    await using ecs = await startLocalEcs({ ...options, template: release(5, 1) });
    const app = (): unknown => {
      const [deployment] = service(ecs, "test-app").deployments;
      return [deployment?.taskDefinition, deployment?.desiredCount];
    };

    await expect(ecs.apply()).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    expect(ecs.services.map(({ name }) => name)).toEqual(["test-redis"]);
    await ecs.waitUntilStable();
    // The next apply waits again for a new service that did not become steady.
    expect(await ecs.apply()).toEqual(["aws_ecs_service.redis", "aws_ecs_service.app"]);
    expect(app()).toEqual(["test-app:1", 1]);
    expect(await ecs.apply()).toEqual([]);

    await expect(ecs.apply(release(6, 2))).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    expect(app()).toEqual(["test-app:1", 1]);
    await ecs.waitUntilStable();
    expect(await ecs.apply(release(6, 2))).toEqual(["aws_ecs_service.app"]);
    expect(app()).toEqual(["test-app:2", 2]);
    expect(await ecs.apply(release(6, 2))).toEqual([]);
  });

  it("starts a template that was read, whose random values stay in later applies", async () => {
    const read = await readTemplate(idle(64), { parameters: {}, drawn: new Map() });
    const secrets = { more: "text" };
    await using ecs = await startLocalEcs({ images: images(), template: read, secrets });
    const password = read.secrets.value("test/redis");
    const values = (): string[] => ["test/redis", "more"].map((name) => ecs.secret(name));
    expect(values()).toEqual([password, "text"]);
    await ecs.apply();
    await ecs.apply(idle(65));
    expect(values()).toEqual([password, "text"]);
  });

  it("rejects only after all rollouts have settled", async () => {
    const slowToStop = "trap 'sleep 0.3; exit' TERM; echo up; while :; do sleep 0.01; done";
    const whole = template({
      redisContainer: { image: "shell", command: ["sh", "-c", slowToStop] },
      redisService: { wait_for_steady_state: true },
      appContainer: { image: "shell", command: ["sh", "-c", slowToStop] },
      appService: { desired_count: 1, load_balancer: [] },
    }) as { resource: Record<string, object> };
    const { aws_ecs_service, ...resource } = whole.resource;
    const { redis: redisService, app } = aws_ecs_service as Record<string, object>;
    const services = (declared: object): object => ({
      ...whole,
      resource: { ...resource, aws_ecs_service: declared },
    });
    const options = { images: { shell: {} }, steadyStateTimeout: 1, ...FAST };
    await using ecs = await startLocalEcs({ ...options, template: services({ app }) });
    await ecs.apply();
    await ecs.waitUntilStable();
    const said = (): Promise<string> => ecs.log(onlyTask(ecs, "test-app").id);
    await expect.poll(said, { interval: 10 }).toBe("up\n");
    // One service is created and does not become steady, while another is removed.
    await expect(ecs.apply(services({ redis: redisService }))).rejects.toMatchObject({
      code: "ERR_TIMEOUT",
    });
    expect(ecs.services.map(({ name }) => name)).toEqual(["test-redis"]);
  });
});
