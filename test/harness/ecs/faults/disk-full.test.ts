import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { EcsEventOf } from "../../../../harness/ecs/base/events.ts";
import type { Run } from "../fixture/local.ts";
import { auth, killed, redisAlone, withRedis } from "../fixture/one-redis.ts";
import { onlyTask, redis, running } from "../fixture/services.ts";
import { template, type Overrides } from "../fixture/template.ts";
import type { TaskState } from "../../../../harness/ecs/base/state.ts";

/** A program that a full disk does not affect. */
const sleeping: Overrides = {
  ...redisAlone,
  redisContainer: {
    command: ["sh", "-c", "trap 'exit 0' TERM; sleep 60 & wait"],
    linuxParameters: undefined,
  },
};

/** proc_pid_limits(5): the maximum file size of a task's program, after it has started. */
async function limitOf(task: TaskState): Promise<string | undefined> {
  const read = (file: string): string =>
    readFileSync(`/proc/${task.containers[0]?.pid}/${file}`, "latin1");
  await expect.poll(() => read("cmdline")).toMatch(/^sh\0-c\0trap/);
  return /^Max file size +(\S+)/m.exec(read("limits"))?.[1];
}

/** A Redis, and one that starts during the fault, refuse writes until the fault ends. */
async function refusesWrites({ ecs }: Run, task: TaskState): Promise<void> {
  // Nothing has been written yet, so the limit is zero.
  await redis(task, "PING");
  await ecs.faults.diskFull("test-redis", true);
  const write = async (on: TaskState): Promise<string> =>
    (await redis(on, auth(ecs), "SET k lost")).join(" ");
  await expect.poll(() => write(task)).toContain("-MISCONF");
  ecs.faults.kill(task.id);
  await expect.poll(() => running(ecs, "test-redis")[0]?.id ?? task.id).not.toBe(task.id);
  const after = onlyTask(ecs, "test-redis");
  await expect.poll(() => write(after)).toContain("-MISCONF");
  await ecs.faults.diskFull("test-redis", false);
  await expect.poll(() => write(after)).toContain("+OK +OK");
}

describe("a full disk", () => {
  it.each([
    ["Redis", {}],
    ["a Redis that runs as another user", { redisContainer: { user: "999:999" } }],
  ])(
    "makes %s refuse writes, and a restarted one too, until the fault ends",
    async (_who, overrides) => {
      await withRedis(refusesWrites, { ...redisAlone, ...overrides });
    },
  );

  it("is undone if the fault ends while it begins", async () => {
    await withRedis(async ({ ecs }, task) => {
      const filled = ecs.faults.diskFull("test-redis", true);
      expect(ecs.faults.active).toEqual([{ fault: "diskFull", target: "test-redis" }]);
      await ecs.faults.clear();
      await filled;
      expect([ecs.faults.active, await limitOf(task)]).toEqual([[], "unlimited"]);
      const turns = [true, false, true].map((on) => ecs.faults.diskFull("test-redis", on));
      await Promise.all(turns);
      expect(await limitOf(task)).not.toBe("unlimited");
    }, sleeping);
  });

  it("is undone for a service that was replaced", async () => {
    await withRedis(async ({ ecs }) => {
      await ecs.faults.diskFull("test-redis", true);
      await ecs.apply(template({ ...sleeping, discovery: { name: "other-redis" } }));
      await ecs.waitUntilStable();
      const after = onlyTask(ecs, "test-redis");
      expect(await limitOf(after)).not.toBe("unlimited");
      await ecs.faults.diskFull("test-redis", false);
      expect([ecs.faults.active, await limitOf(after)]).toEqual([[], "unlimited"]);
    }, sleeping);
  });

  it("is undone for a task that starts while the fault ends", async () => {
    await withRedis(async ({ ecs }, first) => {
      let task = first;
      for (const moment of [1, 5, 10, 15, 20, 25, 30]) {
        const ended = new Promise<void>((resolve, reject) => {
          const onTask = ({ to }: EcsEventOf<"task">): void => {
            if (to !== "PENDING") return;
            ecs.events.off("task", onTask);
            void ecs.faults.diskFull("test-redis", true);
            setTimeout(() => {
              ecs.faults.diskFull("test-redis", false).then(resolve, reject);
            }, moment);
          };
          ecs.events.on("task", onTask);
        });
        task = await killed(ecs, task);
        await ended;
        expect(await limitOf(task), `ended after ${moment} ms`).toBe("unlimited");
      }
    }, sleeping);
  });
});
