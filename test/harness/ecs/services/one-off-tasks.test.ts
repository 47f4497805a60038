import { describe, expect, it } from "vitest";
import { startLocalEcs } from "../../../../harness/ecs/index.ts";
import { withLocalEcs } from "../fixture/local.ts";
import { images } from "../fixture/local-images.ts";
import { efsVolume, template } from "../fixture/template.ts";

/** The template without services, with one task definition. */
function withTask(command: string, memory = 64): object {
  const whole = template() as { resource: Record<string, object> };
  const { aws_ecs_service: _, ...resource } = whole.resource;
  const container = {
    name: "once",
    image: "public.ecr.aws/docker/library/redis:8.0",
    memory,
    command: ["sh", "-c", command],
    mountPoints: [{ sourceVolume: "data", containerPath: "/data" }],
    linuxParameters: { initProcessEnabled: true },
    restartPolicy: { enabled: true, ignoredExitCodes: [0, 3] },
  };
  const once = {
    family: "test-once",
    container_definitions: JSON.stringify([container]),
    volume: [efsVolume("data")],
  };
  return { ...whole, resource: { ...resource, aws_ecs_task_definition: { once } } };
}

describe("a standalone task", () => {
  it("runs once, on the newest revision, and returns its exit code and output", () =>
    withLocalEcs({ template: withTask("echo first >> /data/seen; exit 3") }, async ({ ecs }) => {
      const first = await ecs.runTask("test-once");
      expect(first).toMatchObject({
        status: "STOPPED",
        service: "test-once",
        taskDefinition: "test-once:1",
        stoppedReason: "Essential container in task exited (once: exit code 3)",
      });
      expect(first.containers).toMatchObject([{ name: "once", exitCode: 3, restarts: 0 }]);

      await ecs.apply(withTask("cat /data/seen"));
      const second = await ecs.runTask("test-once");
      expect(second.taskDefinition).toBe("test-once:2");
      expect(second.containers).toMatchObject([{ exitCode: 0 }]);
      expect(await ecs.log(second.id)).toBe("first\n");
      expect(ecs.task(second.id).id).toBe(second.id);
      // Its memory is free again, and it belongs to no service.
      expect(ecs.hosts.every(({ tasks }) => tasks.length === 0)).toBe(true);
      expect(ecs.services).toEqual([]);
    }));

  it("is stopped at its timeout", () =>
    withLocalEcs({ template: withTask("exec sleep 1000") }, async ({ ecs, events }) => {
      await expect(ecs.runTask("test-once", { timeout: 300 })).rejects.toMatchObject({
        code: "ERR_TIMEOUT",
        message: expect.stringContaining("test-once"),
      });
      const ends = events.filter((event) => event.type === "task" && event.to === "STOPPED");
      expect(ends).toMatchObject([{ reason: "Task timed out" }]);
    }));

  it("is refused if its family is unknown or no host has room", () =>
    withLocalEcs({ template: withTask("true", 1_000_000) }, async ({ ecs }) => {
      await expect(ecs.runTask("test-twice")).rejects.toMatchObject({
        code: "ERR_INVALID_ARG",
        message: expect.stringContaining(
          'no task definition "test-twice"; task definitions: test-once',
        ),
      });
      await expect(ecs.runTask("test-once")).rejects.toThrow(
        /^no host has room for a task of test-once: The closest matching \(container-instance host-1\) has insufficient memory available/,
      );
    }));

  it("ends when the local ECS closes, and cannot start after that", async () => {
    const ecs = await startLocalEcs({ images: images(), template: withTask("exec sleep 1000") });
    await ecs.apply();
    const running = ecs.runTask("test-once").catch((error: Error) => error.message);
    await ecs.close();
    expect(await running).toBe("the local ECS has been closed");
    await expect(ecs.runTask("test-once")).rejects.toMatchObject({ code: "ERR_CLOSED" });
  });
});
