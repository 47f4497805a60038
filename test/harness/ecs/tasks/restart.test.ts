import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import type { TaskState } from "../../../../harness/ecs/base/state.ts";
import { seen, withLocalEcs, type Run } from "../fixture/local.ts";
import { auth, redisAlone } from "../fixture/one-redis.ts";
import { onlyTask, portOf, redis } from "../fixture/services.ts";
import { shared, shell, withTask } from "../fixture/task.ts";
import { template } from "../fixture/template.ts";

/** A minute is a second. */
const speed = 60;
const restartPolicy = { enabled: true, ignoredExitCodes: [75, 78], restartAttemptPeriod: 60 };
const soon = { timeout: 30_000, interval: 10 };

/** A container that writes a line at each start, and then does what is left of a script. */
const noting = (script: string): object => ({
  name: "main",
  restartPolicy,
  ...shared,
  ...shell(`echo start >> /shared/starts; ${script}`),
});

const statesOf = ({ events }: Run, taskId: string): string[] =>
  events.flatMap((event) => (event.type === "task" && event.taskId === taskId ? [event.to] : []));

const container = (task: TaskState) => task.containers[0];

describe("a Redis with a restart policy", () => {
  it("comes back in its task when it is killed: same port, record and data", async () => {
    const check = ["CMD-SHELL", "redis-cli ping | grep -q PONG"];
    const overrides = {
      ...redisAlone,
      redisContainer: { restartPolicy, healthCheck: { command: check, interval: 15, timeout: 60 } },
    };
    const options = { template: template(overrides), healthLag: 10, speed };
    await withLocalEcs(options, async (run) => {
      const { ecs, events } = run;
      await ecs.waitUntilStable();
      const before = onlyTask(ecs, "test-redis");
      await redis(before, auth(ecs), "SET key value");
      await seen(run, ({ type }) => type === "record");
      await delay(1100);
      const began = events.length;
      ecs.faults.kill(before.id);
      await expect.poll(() => container(ecs.task(before.id))?.restarts, soon).toBe(1);

      const after = onlyTask(ecs, "test-redis");
      expect(after).toMatchObject({ id: before.id, status: "RUNNING", host: before.host });
      expect(portOf(after)).toBe(portOf(before));
      expect(container(after)?.pid).not.toBe(container(before)?.pid);
      expect(await redis(after, auth(ecs), "GET key")).toContain("value");
      await ecs.waitUntilStable();

      const since = events.slice(began);
      expect(since.filter(({ type }) => type === "task" || type === "record")).toEqual([]);
      expect(since.filter(({ type }) => type === "container")).toMatchObject([
        { status: "STOPPED", exitCode: 137 },
        { status: "RUNNING", pid: container(after)?.pid },
      ]);
      // Its checks begin anew, as after any start.
      expect(since.filter(({ type }) => type === "health")).toMatchObject([
        { health: "UNKNOWN" },
        { health: "HEALTHY" },
      ]);
    });
  });
});

describe("a container with a restart policy", () => {
  it("is restarted after exit code 0, too, again and again", async () => {
    await withTask(
      [noting("sleep 2")],
      async (run, task) => {
        await expect.poll(() => container(task())?.restarts, soon).toBe(2);
        expect(statesOf(run, task().id)).toEqual(["PROVISIONING", "PENDING", "RUNNING"]);
      },
      { speed },
    );
  });

  it.each([75, 78])("is not restarted after an exit code that is ignored: %i", async (code) => {
    await withTask(
      [noting(`sleep 2; exit ${code}`)],
      async (_, task) => {
        await expect.poll(() => task().status, soon).toBe("STOPPED");
        expect(container(task())).toMatchObject({ restarts: 0, exitCode: code });
        expect(task().stoppedReason).toContain(`exit code ${code}`);
      },
      { speed },
    );
  });

  it("is not restarted before it has run for the period, counted from its last restart", async () => {
    const twice = 'test "$(wc -l < /shared/starts)" = 1 && sleep 2; exit 3';
    await withTask(
      [noting(twice)],
      async (_, task) => {
        await expect.poll(() => task().status, soon).toBe("STOPPED");
        expect(container(task())).toMatchObject({ restarts: 1, exitCode: 3 });
      },
      { speed },
    );
  });

  it("is not restarted when ECS stops its task", async () => {
    await withTask(
      [{ ...noting("exec sleep 60"), linuxParameters: { initProcessEnabled: true } }],
      async ({ ecs }, task) => {
        await expect.poll(() => task().status, soon).toBe("RUNNING");
        await delay(1100);
        ecs.drainHost(task().host ?? "");
        await expect.poll(() => task().status, soon).toBe("STOPPED");
        expect(container(task())?.restarts).toBe(0);
      },
      { speed },
    );
  });

  it("takes its task along when it cannot be started again", async () => {
    const gone = { name: "main", restartPolicy, command: ["once"] };
    const once = [{ once: 'sleep 2; rm -r "$(dirname "$0")"' }];
    await withTask(
      [gone],
      async (_, task) => {
        await expect.poll(() => task().status, soon).toBe("STOPPED");
        expect(container(task())?.restarts).toBe(0);
      },
      { speed, image: { programs: () => once.pop() ?? {} } },
    );
  });

  it("keeps its task's variables", async () => {
    const script = 'echo "$HOSTNAME" >> /shared/names; sleep 2';
    const main = noting(
      `${script}; test "$(wc -l < /shared/names)" = 2 && cat /shared/names && exit 75`,
    );
    await withTask(
      [main],
      async ({ ecs }, task) => {
        await expect.poll(() => task().status, soon).toBe("STOPPED");
        const [one, other] = (await ecs.log(task().id)).trim().split("\n");
        expect(one).toBe(task().id.slice(0, 12));
        expect(other).toBe(one);
      },
      { speed },
    );
  });
});
