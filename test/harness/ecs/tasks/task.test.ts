import { once } from "node:events";
import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { seen } from "../fixture/local.ts";
import { service } from "../fixture/services.ts";
import { shared, shell, withTask } from "../fixture/task.ts";
import type { TaskState } from "../../../../harness/ecs/base/state.ts";

const withInit = { linuxParameters: { initProcessEnabled: true } };
const until = (task: () => TaskState, status: TaskState["status"]): Promise<void> =>
  expect.poll(() => task().status, { interval: 10 }).toBe(status);

describe("a task", () => {
  it("runs containers in order, with a shared volume and separate environments", async () => {
    const init = {
      name: "init",
      essential: false,
      ...shared,
      ...shell('echo "made by $WHO" > /shared/file'),
      environment: [{ name: "WHO", value: "init" }],
    };
    const main = {
      name: "main",
      ...shared,
      ...shell("cat /shared/file; echo $${WHO-nobody} $${CHECKPOINT_DISABLE-none}; exec sleep 60"),
      dependsOn: [{ containerName: "init", condition: "SUCCESS" }],
    };
    await withTask([main, init], async ({ ecs }, task) => {
      await until(task, "RUNNING");
      const { id, containers } = task();
      expect(containers.map(({ name, status, exitCode }) => [name, status, exitCode])).toEqual([
        ["main", "RUNNING", undefined],
        ["init", "STOPPED", 0],
      ]);
      const said = (): Promise<string> => ecs.log(id, "main");
      await expect.poll(said).toBe("made by init\nnobody none\n");
    });
  });

  it("gives a container the volumes of others, read-only where it asks for that", async () => {
    const writer = {
      name: "writer",
      ...shared,
      ...shell("echo text >/shared/file; exec sleep 60"),
    };
    const other = {
      name: "other",
      volumesFrom: [{ sourceContainer: "writer" }],
      ...shell("until cat /shared/file 2>/dev/null; do sleep 0.1; done; exec sleep 60"),
    };
    const reader = {
      name: "reader",
      volumesFrom: [{ sourceContainer: "other", readOnly: true }],
      ...shell("echo more >/shared/other; exec sleep 60"),
    };
    await withTask([writer, other, reader], async ({ ecs }, task) => {
      await until(task, "RUNNING");
      await expect.poll(() => ecs.log(task().id, "other")).toMatch(/text\n$/);
      if (!ecs.platform.readOnly) return;
      await expect.poll(() => ecs.log(task().id, "reader")).toMatch(/read-only/i);
    });
  });

  it("fails if a dependency of a container fails, and is retried later", async () => {
    const init = { name: "init", essential: false, ...shell("exit 4") };
    const main = {
      name: "main",
      ...shell("exec sleep 60"),
      dependsOn: [{ containerName: "init", condition: "SUCCESS" }],
    };
    await withTask([main, init], async (run, task) => {
      await until(task, "STOPPED");
      const reason =
        "CannotStartContainerError: dependency graph: failed to resolve container ordering dependency [init] for target [main] as dependency did not exit successfully";
      expect(task().stoppedReason).toBe(`Task failed to start (main: ${reason})`);
      expect(task().containers[0]).toMatchObject({ exitCode: 143, reason });
      const { id, createdAt } = task();
      const next = await seen(run, (event) => event.type === "task" && event.taskId !== id);
      expect(next.at - createdAt).toBeGreaterThanOrEqual(1000);
    });
  });

  it("ends with an essential container, and stops the others", async () => {
    const main = { name: "main", ...shell("sleep 0.3; exit 9") };
    const sidecar = { name: "sidecar", ...shell("exec sleep 60"), ...withInit };
    await withTask([main, sidecar], async (_run, task) => {
      await until(task, "STOPPED");
      expect(task().stoppedReason).toBe("Essential container in task exited (main: exit code 9)");
      expect(task().containers.map(({ exitCode }) => exitCode)).toEqual([9, 143]);
    });
  });

  it("kills containers that ignore SIGTERM after their stop timeout, as PID 1 does by default", async () => {
    // PID 1 is the program, unless this machine does not support namespaces.
    const isFirst = '[ "$(cat /proc/1/comm)" = sleep ] || ! unshare --pid --fork --mount-proc true';
    const healthCheck = { command: ["CMD-SHELL", isFirst], interval: 5, timeout: 60 };
    const main = { name: "main", stopTimeout: 2, healthCheck, ...shell("echo $$; exec sleep 60") };
    const trap = "trap '' TERM; echo trapped; sleep 60 & wait; wait";
    const stubborn = { name: "stubborn", stopTimeout: 2, ...shell(trap) };
    await withTask(
      [main, stubborn],
      async ({ ecs }, task) => {
        await expect.poll(() => task().health).toBe("HEALTHY");
        const { host, id } = task();
        await expect.poll(() => ecs.log(id, "stubborn")).toBe("trapped\n");
        const { pidNamespaces } = ecs.platform;
        expect((await ecs.log(id, "main")) === "1\n").toBe(pidNamespaces);
        ecs.drainHost(host ?? "");
        await expect.poll(() => ecs.task(id).status).toBe("STOPPED");
        const { stoppedAt = 0, createdAt, containers } = ecs.task(id);
        // Without namespaces SIGTERM ends the program.
        const first = pidNamespaces ? 137 : 143;
        expect(containers.map(({ exitCode }) => exitCode)).toEqual([first, 137]);
        expect(stoppedAt - createdAt).toBeGreaterThanOrEqual(2000);
      },
      { speed: 20 },
    );
  });

  it("runs an init process with initProcessEnabled, which forwards signals to the program", async () => {
    const script = `trap "echo bye; exit 7" TERM; echo $$; sleep 60 & wait`;
    await withTask([{ name: "main", ...shell(script), ...withInit }], async ({ ecs }, task) => {
      const said = (): Promise<string> => ecs.log(task().id).catch(() => "");
      await expect.poll(said).toMatch(/^\d+\n$/);
      const { host, id } = task();
      expect(await ecs.log(id)).not.toBe("1\n");
      ecs.drainHost(host ?? "");
      await expect.poll(() => ecs.task(id).status).toBe("STOPPED");
      expect(ecs.task(id).containers[0]?.exitCode).toBe(7);
      expect(await ecs.log(id)).toContain("bye");
    });
  });

  it("goes through the states of the ECS life cycle", async () => {
    await withTask([{ name: "main", ...shell("exit 1") }], async ({ ecs, events }, task) => {
      // Its service starts other tasks, so keep the id of this one.
      const { id } = task();
      await until(() => ecs.task(id), "STOPPED");
      const states = events.flatMap((event) =>
        event.type === "task" && event.taskId === id ? [event.to] : [],
      );
      expect(states).toEqual([
        "PROVISIONING",
        "PENDING",
        "RUNNING",
        "DEACTIVATING",
        "STOPPING",
        "STOPPED",
      ]);
    });
  });

  it.each([
    [
      "command",
      { command: ["no-such-program"] },
      'exec: "no-such-program": executable file not found in $PATH',
    ],
    [
      "working directory",
      { ...shell("exec sleep 60"), workingDirectory: "/no/such/folder" },
      'working directory "/no/such/folder"',
    ],
  ])("never runs if its %s does not exist", async (_what, main, reason) => {
    await withTask([{ name: "main", ...main }], async ({ ecs, events }, task) => {
      const { id } = task();
      await until(() => ecs.task(id), "STOPPED");
      expect(service(ecs, "test-app").deployments[0]).toMatchObject({
        rollout: "IN_PROGRESS",
        failedTasks: 1,
      });
      expect(ecs.task(id).stoppedReason).toContain(
        `Task failed to start (main: CannotStartContainerError: ${reason}`,
      );
      const states = events.flatMap((event) =>
        event.type === "task" && event.taskId === id ? [event.to] : [],
      );
      expect(states).toEqual(["PROVISIONING", "PENDING", "STOPPING", "STOPPED"]);
    });
  });

  it("ends with 127 if its init process does not find the program", async () => {
    // On PATH is a folder that an ordinary user may not search.
    const locked = mkdtempSync(join(tmpdir(), "locked-"));
    onTestFinished(() => rmSync(locked, { recursive: true }));
    chmodSync(locked, 0);
    vi.stubEnv("PATH", `${locked}:${process.env["PATH"]}`);
    onTestFinished(() => void vi.unstubAllEnvs());
    const main = { name: "main", command: ["no-such-program"], ...withInit };
    await withTask([main], async ({ ecs }, task) => {
      await until(task, "STOPPED");
      expect(task().containers[0]?.exitCode).toBe(127);
      expect(await ecs.log(task().id)).toContain("no-such-program");
    });
  });

  it("runs without a nonessential container that cannot be started", async () => {
    const sidecar = { name: "sidecar", essential: false, command: ["no-such-program"] };
    const main = { name: "main", ...shell("exec sleep 60"), ...withInit };
    await withTask([main, sidecar], async (_run, task) => {
      await until(task, "RUNNING");
      expect(task().containers.map(({ status }) => status)).toEqual(["RUNNING", "STOPPED"]);
    });
  });

  it("has the health that the agent has reported, which is later than its container's", async () => {
    const healthCheck = { command: ["CMD-SHELL", "exit 0"], interval: 5 };
    const main = { name: "main", healthCheck, ...shell("exec sleep 60"), ...withInit };
    await withTask(
      [main],
      async ({ ecs }, task) => {
        const { id } = task();
        const [event] = await once(ecs.events, "health", { signal: AbortSignal.timeout(10_000) });
        expect([event.health, ecs.task(id).health]).toEqual(["HEALTHY", "UNKNOWN"]);
        await expect.poll(() => ecs.task(id).health, { interval: 10 }).toBe("HEALTHY");
      },
      { speed: 20 },
    );
  });
});
