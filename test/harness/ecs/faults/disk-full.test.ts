import { describe, expect, it } from "vitest";
import type { Run } from "../fixture/local.ts";
import { auth, redisAlone, withRedis } from "../fixture/one-redis.ts";
import { onlyTask, redis, running } from "../fixture/services.ts";
import type { TaskState } from "../../../../harness/ecs/base/state.ts";

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
});
