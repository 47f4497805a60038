import { describe, expect, it } from "vitest";
import type { TaskState } from "../../../../harness/ecs/base/state.ts";
import { hostnameOf } from "../../../../harness/ecs/tasks/container-context.ts";
import { RESTARTABLE, untilRestartable } from "../fixture/restartable.ts";
import { seen, withLocalEcs } from "../fixture/local.ts";
import { auth, redisAlone } from "../fixture/one-redis.ts";
import { onlyTask, portOf, redis } from "../fixture/services.ts";
import { shared, shell, withTask } from "../fixture/task.ts";
import { template } from "../fixture/template.ts";

const { speed, restartPolicy } = RESTARTABLE;

const container = (task: TaskState, wanted = "redis") =>
  task.containers.find(({ name }) => name === wanted);

describe("a Redis with a restart policy", () => {
  it("is restarted in place: same task, port, record, mount and data", async () => {
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
      // With everysec, the kill could discard the write.
      await redis(before, auth(ecs), "CONFIG SET appendfsync always", "SET key value");
      await seen(run, ({ type }) => type === "record");
      await untilRestartable(run, before.id);
      // It keeps its mounts, even if EFS cannot be mounted any more.
      ecs.faults.mountFails(true);
      const began = events.length;
      ecs.faults.kill(before.id);
      await expect.poll(() => container(ecs.task(before.id))?.restarts, { interval: 10 }).toBe(1);

      const after = onlyTask(ecs, "test-redis");
      expect(after).toMatchObject({ id: before.id, status: "RUNNING", host: before.host });
      expect(portOf(after)).toBe(portOf(before));
      expect(container(after)?.pid).not.toBe(container(before)?.pid);
      expect(await redis(after, auth(ecs), "GET key")).toContain("value");
      // ECS need not notice: the agent reports the health from time to time.
      const health = (): string | undefined => container(ecs.task(before.id))?.health;
      await expect.poll(health, { interval: 10 }).toBe("HEALTHY");

      const since = events.slice(began);
      expect(since.filter(({ type }) => type === "task" || type === "record")).toEqual([]);
      expect(since.filter(({ type }) => type === "container")).toMatchObject([
        { status: "STOPPED", exitCode: 137 },
        { status: "RUNNING", pid: container(after)?.pid },
      ]);
      // Its health checks start again, as after any start.
      expect(since.filter(({ type }) => type === "health")).toMatchObject([
        { health: "UNKNOWN" },
        { health: "HEALTHY" },
      ]);

      // It is not restarted when ECS stops its task.
      await untilRestartable(run, before.id);
      ecs.drainHost(before.host ?? "");
      await expect.poll(() => ecs.task(before.id).status, { interval: 10 }).toBe("STOPPED");
      expect(container(ecs.task(before.id))?.restarts).toBe(1);
    });
  });
});

/** A container that writes a line at each start, then runs a script with the number of starts in `$n`. */
const counting = (name: string, script: string): object => ({
  name,
  essential: false,
  restartPolicy,
  ...shared,
  ...shell(
    `echo "$HOSTNAME" >> /shared/${name}; n=$(wc -l < /shared/${name}); ${script}; exec sleep 60`,
  ),
});

describe("containers with a restart policy", () => {
  it("are restarted by exit code and running time, and keep their variables", async () => {
    const again = counting("again", '[ "$n" -gt 2 ] && cat /shared/again || { sleep 2; exit 0; }');
    const ignored = counting("ignored", "sleep 2; exit 75");
    // The running time counts from the last restart.
    const early = counting("early", '[ "$n" = 1 ] && sleep 2; exit 3');
    const main = { name: "main", ...shell("exec sleep 60") };
    await withTask(
      [main, again, ignored, early],
      async ({ ecs, events }, task) => {
        const states = () =>
          ["again", "ignored", "early"].map((name) => {
            const { status, restarts, exitCode } = container(task(), name) ?? {};
            return { status, restarts, exitCode };
          });
        await expect.poll(states, { interval: 20 }).toEqual([
          { status: "RUNNING", restarts: 2, exitCode: undefined },
          { status: "STOPPED", restarts: 0, exitCode: 75 },
          { status: "STOPPED", restarts: 1, exitCode: 3 },
        ]);
        const taskEvents = events.filter(({ type }) => type === "task");
        expect(taskEvents.map((event) => "to" in event && event.to)).toEqual([
          "PROVISIONING",
          "PENDING",
          "RUNNING",
        ]);
        const hostname = `${hostnameOf(task().id, "again")}\n`;
        await expect.poll(() => ecs.log(task().id, "again")).toBe(hostname.repeat(3));
      },
      { speed },
    );
  });

  it("have startTimeout from their first start, for those that wait for them", async () => {
    const healthCheck = { command: ["CMD-SHELL", "exit 1"], interval: 30, timeout: 60 };
    // It is restarted within its time, again and again.
    const again = { ...counting("again", "sleep 1.5; exit 1"), healthCheck, startTimeout: 4 };
    const dependsOn = [{ containerName: "again", condition: "HEALTHY" }];
    const late = { name: "late", essential: false, dependsOn, ...shell("exec sleep 60") };
    const main = { name: "main", ...shell("exec sleep 60") };
    await withTask(
      [main, again, late],
      async (_, task) => {
        const state = () => container(task(), "late");
        await expect.poll(state, { interval: 50, timeout: 20_000 }).toMatchObject({
          status: "STOPPED",
          reason: expect.stringContaining("dependency [again] for target [late] has timed out"),
        });
        expect(container(task(), "again")?.restarts).toBeGreaterThan(0);
      },
      { speed },
    );
  });

  it("end their task if they are essential and cannot be started again", async () => {
    const main = { name: "main", restartPolicy, command: ["once"] };
    const once = [{ once: 'sleep 2; rm -r "$(dirname "$0")"' }];
    await withTask(
      [main],
      async (_, task) => {
        await expect.poll(() => task().status, { interval: 10 }).toBe("STOPPED");
        expect(container(task(), "main")?.restarts).toBe(0);
      },
      { speed, image: { programs: () => once.pop() ?? {} } },
    );
  });
});
