import { existsSync } from "node:fs";
import path from "node:path";
import { describe, expect, it } from "vitest";
import type { EcsEventOf } from "../../../../harness/ecs/base/events.ts";
import { findMemoryController } from "../../../../harness/ecs/machine/memory-controller.ts";
import { endOfHungry, HUNGRY } from "../fixture/hungry.ts";
import { seen, type Run } from "../fixture/local.ts";
import { RESTARTABLE } from "../fixture/restartable.ts";
import { shared, shell, withTask } from "../fixture/task.ts";

/** The cgroup of a run, which has the name of its folder. */
const cgroupOf = ({ ecs }: Run): string =>
  path.join(findMemoryController().folder, path.basename(ecs.folder));

const ends = (run: Run, container: string): EcsEventOf<"container">[] =>
  run.events.filter(
    (event) =>
      event.type === "container" && event.container === container && event.status === "STOPPED",
  ) as EcsEventOf<"container">[];

const hungry = { name: "main", memory: 32, ...shell(HUNGRY) };

describe("a container that exceeds its memory", () => {
  it("is killed, its task stops, another one starts, and nothing is left", async () => {
    let cgroup = "";
    await withTask([hungry], async (run, task) => {
      const { memory } = run.ecs.platform;
      await expect.poll(() => task().status, { interval: 10 }).toBe("STOPPED");
      const end = endOfHungry(memory);
      expect(task()).toMatchObject({
        stoppedReason: `Essential container in task exited (main: exit code ${end.exitCode})`,
        containers: [end],
      });
      expect(ends(run, "main")[0]).toMatchObject(end);
      await seen(run, (event) => event.type === "task" && event.taskId !== task().id);
      if (!memory) return;
      cgroup = cgroupOf(run);
      expect(existsSync(cgroup)).toBe(true);
      // The first task's part is removed with it.
      await expect.poll(() => existsSync(path.join(cgroup, task().id))).toBe(false);
    });
    expect(existsSync(cgroup)).toBe(false);
  });

  it("is restarted in place with the same limit", async () => {
    const { speed, restartPolicy } = RESTARTABLE;
    const script = `echo start >>/shared/starts; [ $(wc -l </shared/starts) = 3 ] && exec sleep 60; sleep 1.5; ${HUNGRY}`;
    const main = { ...hungry, restartPolicy, ...shared, ...shell(script) };
    await withTask(
      [main],
      async (run, task) => {
        await expect.poll(() => task().containers[0]?.restarts, { interval: 10 }).toBe(2);
        const end = endOfHungry(run.ecs.platform.memory);
        expect(ends(run, "main")).toMatchObject([end, end]);
        expect(task().containers[0]).toMatchObject({
          status: "RUNNING",
          exitCode: undefined,
          reason: undefined,
        });
      },
      { speed },
    );
  });

  it("lives on if only another of its processes is killed; its end has the reason", async () => {
    const script = `trap "exit 0" TERM; sh -c '${HUNGRY}'; echo "child $?"; while :; do sleep 0.05; done`;
    await withTask([{ ...hungry, ...shell(script) }], async ({ ecs }, task) => {
      const { exitCode, reason } = endOfHungry(ecs.platform.memory);
      const log = (): Promise<string> => ecs.log(task().id);
      await expect.poll(() => task().status, { interval: 10 }).toBe("RUNNING");
      await expect.poll(log, { interval: 10 }).toContain(`child ${exitCode}\n`);
      expect(task()).toMatchObject({
        status: "RUNNING",
        containers: [{ status: "RUNNING", reason: undefined }],
      });
      ecs.faults.kill(task().id, "SIGTERM");
      await expect.poll(() => task().status, { interval: 10 }).toBe("STOPPED");
      // As Docker's OOMKilled, which the agent reads.
      expect(task().containers[0]).toMatchObject({ exitCode: 0, reason });
    });
  });
});

describe("the memory of a task", () => {
  it("is the limit of all its containers together", async () => {
    // The kernel kills the largest process.
    const small = {
      name: "small",
      memory: undefined,
      stopTimeout: 2,
      ...shell("echo up; exec sleep 60"),
    };
    const main = { ...hungry, memory: undefined, memoryReservation: 16 };
    await withTask(
      [small, main],
      async ({ ecs }, task) => {
        await expect.poll(() => task().status, { interval: 10 }).toBe("STOPPED");
        const end = endOfHungry(ecs.platform.memory);
        expect(task()).toMatchObject({
          stoppedReason: `Essential container in task exited (main: exit code ${end.exitCode})`,
          containers: [
            { name: "small", reason: undefined },
            { name: "main", ...end },
          ],
        });
      },
      { memory: "48" },
    );
  });
});

describe("a container without a limit", () => {
  it.each([
    ["that only reserves memory", { memory: undefined, memoryReservation: 16 }, {}],
    ["that has enough", { memory: 512 }, {}],
    ["on a machine whose limits are turned off", {}, { memory: false }],
  ])("%s is not killed", async (_title, definition, platform) => {
    await withTask(
      [{ ...hungry, ...definition }],
      async ({ ecs }, task) => {
        await expect.poll(() => task().status, { interval: 10 }).toBe("STOPPED");
        expect(task().containers[0]).toMatchObject({ exitCode: 3, reason: undefined });
        expect(ecs.whyNoMemoryLimits === undefined).toBe(ecs.platform.memory);
      },
      { platform },
    );
  });
});

it("a health check counts as its container", async () => {
  const where = "cat /proc/self/cgroup";
  const check = `${where} >/shared/check; cmp /shared/main /shared/check`;
  const healthCheck = { command: ["CMD-SHELL", check], interval: 5, timeout: 60 };
  const script = `${where} >/shared/main; cat /shared/main; exec sleep 60`;
  const main = { name: "main", healthCheck, ...shared, ...shell(script) };
  await withTask(
    [main],
    async (run, task) => {
      await seen(run, (event) => event.type === "health" && event.health === "HEALTHY");
      const { memory } = run.ecs.platform;
      expect((await run.ecs.log(task().id)).includes(`/${task().id}/main-1\n`)).toBe(memory);
    },
    { speed: 10 },
  );
});
