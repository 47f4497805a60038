import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { now, type EcsEvent } from "../../../../harness/ecs/base/events.ts";
import { isAlive } from "../../../support/processes.ts";
import { seen, withLocalEcs } from "../fixture/local.ts";
import { auth, connected, knock, opened, redisAlone, withRedis } from "../fixture/one-redis.ts";
import { onlyTask, redis, running } from "../fixture/services.ts";
import { RESTARTABLE, untilRestartable } from "../fixture/restartable.ts";
import { template } from "../fixture/template.ts";

const faults = (events: readonly EcsEvent[]): string[] =>
  events.flatMap((event) =>
    event.type === "fault" ? [`${event.fault} ${event.target ?? "-"} ${event.active}`] : [],
  );

describe("a task", () => {
  it("keeps its connections but does not answer while it is frozen", async () => {
    await withRedis(async ({ ecs, events }, task) => {
      const socket = await connected(task);
      ecs.faults.freeze(task.id);
      expect(ecs.faults.active).toEqual([{ fault: "freeze", target: task.id }]);
      const answer = once(socket, "data", { signal: AbortSignal.timeout(5000) });
      socket.write("PING\r\n");
      expect(await Promise.race([answer, delay(300, "silent")])).toBe("silent");
      // The kernel still accepts connections.
      expect(await knock(task)).toBe("open");
      ecs.faults.thaw(task.id);
      expect(String((await answer)[0])).toContain("NOAUTH");
      socket.destroy();
      expect(faults(events)).toEqual([`freeze ${task.id} true`, `freeze ${task.id} false`]);
    });
  });

  it("is frozen as soon as it has a process", async () => {
    const none = template({ ...redisAlone, redisService: { desired_count: 0 } });
    await withLocalEcs({ template: none }, async ({ ecs, events }) => {
      ecs.events.on("task", ({ taskId, to }) => {
        if (to === "PENDING") ecs.faults.freeze(taskId);
      });
      await ecs.apply(template(redisAlone));
      await seen({ ecs, events }, (event) => event.type === "task" && event.to === "RUNNING");
      const task = onlyTask(ecs, "test-redis");
      const status = (): string =>
        readFileSync(`/proc/${task.containers[0]?.pid}/status`, "latin1");
      // The signal takes effect when the process runs next. A shell that has just forked by vfork(2) sleeps (D) until its
      // child, which is stopped, has become the program.
      await expect.poll(status).toMatch(/^State:\t[TD]/m);
      ecs.faults.thaw(task.id);
      await expect.poll(status).toMatch(/^State:\t[RS]/m);
      await opened(task);
    });
  });

  it("fails its health check while it is frozen, is killed after its stopTimeout and replaced", async () => {
    const healthCheck = {
      command: ["CMD", "redis-cli", "ping"],
      interval: 5,
      timeout: 20,
      retries: 1,
    };
    const overrides = { ...redisAlone, redisContainer: { healthCheck, stopTimeout: 2 } };
    await withLocalEcs({ template: template(overrides), speed: 20 }, async ({ ecs }) => {
      await expect.poll(() => running(ecs, "test-redis").length, { interval: 10 }).toBe(1);
      const { id } = onlyTask(ecs, "test-redis");
      ecs.faults.freeze(id);
      await expect.poll(() => ecs.task(id).status).toBe("STOPPED");
      expect(ecs.task(id)).toMatchObject({
        stoppedReason: "Task failed container health checks",
        containers: [{ exitCode: 137 }],
      });
      await ecs.waitUntilStable();
      expect(onlyTask(ecs, "test-redis").health).toBe("HEALTHY");
    });
  });
});

describe("a lost host", () => {
  it("does not respond, is noticed, loses the writer lock with its lease, and is replaced", async () => {
    await withRedis(async (run, task) => {
      const { ecs } = run;
      await redis(task, auth(ecs), "SET k kept");
      const socket = await connected(task);
      const host = task.host ?? "";
      const refused: unknown[] = [];
      // After its replacement the host does not exist any more.
      ecs.events.on("host", ({ status }) => {
        if (status !== "LOST") return;
        for (const late of [() => ecs.faults.restoreHost(host), () => ecs.drainHost(host)]) {
          try {
            late();
          } catch (error) {
            refused.push(error);
          }
        }
      });
      ecs.faults.loseHost(host, { noticedAfter: 400, leaseTime: 1500, replacedAfter: 300 });
      // Until ECS notices, the state does not change.
      expect(ecs.task(task.id).status).toBe("RUNNING");
      await expect.poll(() => knock(task, 100), { interval: 10 }).toBe("silent");
      const gone = await seen(
        run,
        (event) => event.type === "record" && event.action === "deregistered",
      );
      const lostAt = run.events.find(({ type }) => type === "fault")?.at ?? 0;
      expect(gone.at - lostAt).toBeGreaterThanOrEqual(390);
      expect(ecs.task(task.id)).toMatchObject({
        status: "STOPPED",
        stoppedReason: `Host EC2 (instance ${host}) terminated.`,
      });
      await seen(run, (event) => event.type === "host" && event.status === "LOST");
      expect(refused).toMatchObject([invalid("was given up and replaced"), invalid("is lost")]);
      await seen(run, (event) => event.type === "host" && event.host === "host-3");
      expect(ecs.hosts.map(({ id }) => id)).not.toContain(host);
      await ecs.waitUntilStable();
      const after = onlyTask(ecs, "test-redis");
      expect(after.host).not.toBe(host);
      expect(await redis(after, auth(ecs), "GET k")).toContain("kept");
      // The next Redis had to wait for the lock until the lease expired.
      expect(now() - lostAt).toBeGreaterThanOrEqual(1490);
      expect(ecs.faults.active).toEqual([]);
      socket.destroy();
    });
  });

  it.each([
    ["its ports do not respond", 60_000, "silent"],
    ["its ports refuse new ones", 0, "ECONNREFUSED"],
  ])("closes no connection, while %s", async (_, silentFor, answer) => {
    await withRedis(async (run, task) => {
      const { ecs } = run;
      const socket = await connected(task);
      let heard = "";
      for (const event of ["data", "end", "error", "close"]) {
        socket.on(event, () => (heard += event));
      }
      const { containers, host = "" } = task;
      const times = { noticedAfter: 100, leaseTime: 200, replacedAfter: 100, silentFor };
      ecs.faults.loseHost(host, times);
      await expect.poll(() => isAlive(containers[0]?.pid ?? 0)).toBe(false);
      await ecs.waitUntilStable();
      socket.write("PING\r\n");
      await expect.poll(() => knock(task)).toBe(answer);
      expect(heard).toBe("");
      // Closing the run closes it.
      await ecs.close();
      await expect.poll(() => heard).toContain("close");
    });
  });

  it("comes back beside the next writer, without its agent, if it outlives its lease", async () => {
    const { restartPolicy, speed } = RESTARTABLE;
    const overrides = { ...redisAlone, redisContainer: { restartPolicy } };
    const options = { template: template(overrides), healthLag: 10, speed };
    await withLocalEcs(options, async (run) => {
      const { ecs } = run;
      await ecs.waitUntilStable();
      const task = onlyTask(ecs, "test-redis");
      const socket = await connected(task);
      const host = task.host ?? "";
      ecs.faults.loseHost(host, {
        noticedAfter: 300,
        leaseTime: 100,
        replacedAfter: 100,
        outlivesLease: true,
      });
      await expect(ecs.faults.returnHost(host)).rejects.toThrow("was not given up");
      await expect(ecs.faults.returnHost("host-9")).rejects.toThrow("was lost with outlivesLease");
      await seen(run, (event) => event.type === "host" && event.host === "host-3");
      // The next one finds no lock: the lost one has it on an unlinked file.
      await ecs.waitUntilStable();
      const next = onlyTask(ecs, "test-redis");
      expect(next.host).not.toBe(host);
      expect(await redis(next, auth(ecs), "PING")).toContain("+PONG");
      expect(ecs.task(task.id)).toMatchObject({ status: "STOPPED" });

      await ecs.faults.returnHost(host);
      const answer = once(socket, "data", { signal: AbortSignal.timeout(5000) });
      socket.write("PING\r\n");
      expect(String((await answer)[0])).toContain("NOAUTH");
      expect(ecs.task(task.id)).toMatchObject({
        status: "STOPPED",
        containers: [{ status: "RUNNING" }],
      });
      socket.destroy();

      // An agent would restart the container.
      await untilRestartable(run, task.id);
      const container = () => ecs.task(task.id).containers[0];
      process.kill(container()?.pid ?? 0, "SIGKILL");
      await expect.poll(() => container()?.status).toBe("STOPPED");
      expect(container()).toMatchObject({ restarts: 0, exitCode: 137 });
    });
  });

  it("continues if it is restored before ECS notices", async () => {
    await withRedis(async ({ ecs, events }, task) => {
      const socket = await connected(task);
      const host = task.host ?? "";
      ecs.faults.loseHost(host, { noticedAfter: 60_000, leaseTime: 60_000 });
      expect(() => ecs.faults.loseHost(host)).toThrow("is already lost");
      await expect.poll(() => knock(task, 100)).toBe("silent");
      ecs.faults.restoreHost(host);
      const answer = once(socket, "data", { signal: AbortSignal.timeout(5000) });
      socket.write("PING\r\n");
      await answer;
      expect(onlyTask(ecs, "test-redis").id).toBe(task.id);
      expect(events.some((event) => event.type === "task" && event.to === "STOPPED")).toBe(false);
      expect(() => ecs.faults.restoreHost(host)).toThrow("is not lost");
      socket.destroy();
    });
  });
});

describe("overlap", () => {
  it("starts a replacement before the old task has ended, even with a maximum of 100 percent", async () => {
    await withRedis(async (run, task) => {
      const { ecs, events } = run;
      // Redis ignores a SIGTERM while it starts.
      (await connected(task)).destroy();
      ecs.faults.overlap(true);
      ecs.drainHost(task.host ?? "");
      const began = await seen(
        run,
        (event) =>
          event.type === "task" && event.service === "test-redis" && event.taskId !== task.id,
      );
      const ended = await seen(
        run,
        (event) => event.type === "task" && event.taskId === task.id && event.to === "STOPPED",
      );
      expect(events.indexOf(began)).toBeLessThan(events.indexOf(ended));
      ecs.faults.overlap(false);
      await ecs.waitUntilStable();
    });
  });
});

const invalid = (message: string): object => ({
  code: "ERR_INVALID_ARG",
  message: expect.stringContaining(message),
});

describe("a fault", () => {
  it("refuses unknown hosts, tasks, services, kinds and numbers, with the allowed values", async () => {
    await withRedis(async ({ ecs: { faults: of } }, { id }) => {
      const refusals: [() => unknown, string][] = [
        [() => of.kill("t"), 'no task "t"'],
        [() => of.kill(`${id}/none`), 'has no container "none"; containers: redis'],
        [() => of.kill(id, "SIGNOPE" as "SIGINT"), "kill.signal: expected SIGHUP, SIGINT, "],
        [() => of.freeze("t"), 'no task "t"'],
        [() => of.thaw("t"), 'no task "t"'],
        [() => of.loseHost("host-9"), "hosts: host-1, host-2"],
        [() => of.loseHost("host-1", { leaseTime: -1 }), "loseHost.leaseTime: expected a number"],
        [() => of.restoreHost("host-1"), "is not lost"],
        [() => of.dns("up" as "down"), "dns: expected down, slow, servfail, nxdomain"],
        [() => of.dns("slow", { delay: Number.NaN }), "dns.delay: expected a number"],
        [() => of.records("here" as "gone"), "records: expected gone or undefined"],
        [() => of.cloudMapApi("slow" as "down"), "cloudMapApi: expected throttled, down"],
        [() => of.slowStorage({ keyLoadDelayMicros: -1 }), "slowStorage.keyLoadDelayMicros"],
      ];
      for (const [refused, message] of refusals) {
        expect(refused).toThrow(expect.objectContaining(invalid(message)));
      }
      await expect(of.partition("test-other", true)).rejects.toMatchObject(
        invalid('no task "test-other"; services: test-redis, test-app'),
      );
      for (const refused of [of.reusePort("other", true), of.diskFull("other", true)]) {
        await expect(refused).rejects.toMatchObject(invalid('no service "other"'));
      }
      const speaks = "smtp" as "http";
      await expect(of.reusePort("test-app", true, { speaks })).rejects.toMatchObject(
        invalid("reusePort.speaks: expected http, echo"),
      );
      of.slowStorage(undefined);
      expect(of.active).toEqual([]);
    });
  });
});
