import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { auth, redisAlone, withRedis } from "../fixture/one-redis.ts";
import { onlyTask, redis, running } from "../fixture/services.ts";
import { template, type Overrides } from "../fixture/template.ts";
import type { TaskState } from "../state.ts";

/** A program that a full disk does not end. */
const sleeping: Overrides = { ...redisAlone, redisContainer: { command: ["sleep", "60"] } };

/** proc_pid_limits(5): what the files of a task's main process may grow to. */
function limitOf(task: TaskState): string | undefined {
  const limits = readFileSync(`/proc/${task.containers[0]?.pid}/limits`, "latin1");
  return /^Max file size +(\S+)/m.exec(limits)?.[1];
}

describe("a full disk", () => {
  it("lets Redis refuse writes, a restarted one too, until there is room", async () => {
    await withRedis(async ({ ecs }, task) => {
      // Nothing has been written yet: there is room for nothing at all.
      await redis(task, "PING");
      await ecs.faults.diskFull("test-redis", true);
      const write = async (on: TaskState): Promise<string> =>
        (await redis(on, auth(ecs), "SET k lost")).join(" ");
      await expect.poll(() => write(task), { timeout: 5000 }).toContain("-MISCONF");
      ecs.faults.kill(task.id);
      await expect
        .poll(() => running(ecs, "test-redis")[0]?.id ?? task.id, { timeout: 5000 })
        .not.toBe(task.id);
      const after = onlyTask(ecs, "test-redis");
      await expect.poll(() => write(after), { timeout: 5000 }).toContain("-MISCONF");
      await ecs.faults.diskFull("test-redis", false);
      await expect.poll(() => write(after), { timeout: 5000 }).toContain("+OK +OK");
    });
  });

  it("has room when the fault is ended before it showed", async () => {
    await withRedis(async ({ ecs }, task) => {
      const filled = ecs.faults.diskFull("test-redis", true);
      expect(ecs.faults.active).toEqual([{ fault: "diskFull", target: "test-redis" }]);
      await ecs.faults.clear();
      await filled;
      expect([ecs.faults.active, limitOf(task)]).toEqual([[], "unlimited"]);
      const turns = [true, false, true].map((on) => ecs.faults.diskFull("test-redis", on));
      await Promise.all(turns);
      expect(limitOf(task)).not.toBe("unlimited");
    }, sleeping);
  });

  it("has room again for a service that was replaced meanwhile", async () => {
    await withRedis(async ({ ecs }) => {
      await ecs.faults.diskFull("test-redis", true);
      await ecs.apply(template({ ...sleeping, discovery: { name: "other-redis" } }));
      await ecs.waitUntilStable({ timeout: 15_000 });
      const after = onlyTask(ecs, "test-redis");
      expect(limitOf(after)).not.toBe("unlimited");
      await ecs.faults.diskFull("test-redis", false);
      expect([ecs.faults.active, limitOf(after)]).toEqual([[], "unlimited"]);
    }, sleeping);
  });

  it("is as it is to be for a task that starts while that changes", async () => {
    await withRedis(async ({ ecs }, task) => {
      // Begins and ends again at every step of a start.
      let turns = 0;
      let last: Promise<void> = Promise.resolve();
      const change = (): void => {
        turns += 1;
        last = ecs.faults.diskFull("test-redis", turns % 2 === 1);
        void last.catch(() => {});
      };
      ecs.events.on("task", change).on("container", change);
      ecs.faults.kill(task.id);
      const stopped = (): boolean => ecs.task(task.id).status === "STOPPED";
      const started = (): boolean => stopped() && running(ecs, "test-redis").length === 1;
      await expect.poll(started, { timeout: 5000, interval: 10 }).toBe(true);
      ecs.events.off("task", change).off("container", change);
      const changing = setInterval(change, 1);
      await expect.poll(() => turns, { timeout: 5000 }).toBeGreaterThan(20);
      clearInterval(changing);
      await last;
      await ecs.faults.diskFull("test-redis", false);
      expect(limitOf(onlyTask(ecs, "test-redis"))).toBe("unlimited");
    }, sleeping);
  });
});
