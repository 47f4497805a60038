import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { now, type EcsEvent } from "../events.ts";
import { seen, withLocalEcs, type Run } from "../fixture/local.ts";
import { onlyTask, portOf, redis, running } from "../fixture/services.ts";
import { template, type Overrides } from "../fixture/template.ts";
import type { LocalEcs } from "../local-ecs.ts";
import type { TaskState } from "../state.ts";

const NAME = "test-redis.test-ecs";
const redisAlone: Overrides = { appService: { desired_count: 0 } };

/** A stable Redis alone, or the template with other overrides. */
async function withRedis(
  use: (run: Run, task: TaskState) => Promise<void>,
  overrides: Overrides = redisAlone,
): Promise<void> {
  await withLocalEcs({ template: template(overrides), healthLag: 10 }, async (run) => {
    await run.ecs.waitUntilStable({ timeout: 15_000 });
    await use(run, onlyTask(run.ecs, "test-redis"));
  });
}

const auth = (ecs: LocalEcs): string => `AUTH ${ecs.secret("test/redis")}`;

/** A connection on which a PING has been answered. */
async function connected(task: TaskState): Promise<Socket> {
  await expect.poll(() => knock(task), { timeout: 5000, interval: 20 }).toBe("open");
  const socket = connect(portOf(task), task.address);
  socket.on("error", () => {});
  socket.write("PING\r\n");
  await once(socket, "data", { signal: AbortSignal.timeout(5000) });
  return socket;
}

/** What becomes of a new connection within a time: `silent` when nothing does. */
async function knock(task: TaskState, within = 300): Promise<string> {
  const socket = connect(portOf(task), task.address);
  const open = once(socket, "connect").then(
    () => "open",
    (error: NodeJS.ErrnoException) => String(error.code),
  );
  const result = await Promise.race([open, delay(within, "silent")]);
  socket.on("error", () => {}).destroy();
  return result;
}

const faults = (events: readonly EcsEvent[]): string[] =>
  events.flatMap((event) =>
    event.type === "fault" ? [`${event.fault} ${event.target ?? "-"} ${event.active}`] : [],
  );

describe("a task", () => {
  it("that is frozen keeps its connections and says nothing until it is thawed", async () => {
    await withRedis(async ({ ecs, events }, task) => {
      const socket = await connected(task);
      ecs.faults.freeze(task.id);
      expect(ecs.faults.active).toEqual([{ fault: "freeze", target: task.id }]);
      const answer = once(socket, "data", { signal: AbortSignal.timeout(5000) });
      socket.write("PING\r\n");
      expect(await Promise.race([answer, delay(300, "silent")])).toBe("silent");
      // The kernel still accepts for it.
      expect(await knock(task)).toBe("open");
      ecs.faults.thaw(task.id);
      expect(String((await answer)[0])).toContain("NOAUTH");
      socket.destroy();
      expect(faults(events)).toEqual([`freeze ${task.id} true`, `freeze ${task.id} false`]);
    });
  });

  it("that is frozen fails its health check and is replaced, after stopTimeout by SIGKILL", async () => {
    const healthCheck = {
      command: ["CMD", "redis-cli", "ping"],
      interval: 5,
      timeout: 2,
      retries: 1,
    };
    const overrides = { ...redisAlone, redisContainer: { healthCheck, stopTimeout: 2 } };
    await withLocalEcs({ template: template(overrides) }, async ({ ecs }) => {
      await expect.poll(() => running(ecs, "test-redis").length, { timeout: 5000 }).toBe(1);
      const { id } = onlyTask(ecs, "test-redis");
      ecs.faults.freeze(id);
      await expect.poll(() => ecs.task(id).status, { timeout: 15_000 }).toBe("STOPPED");
      expect(ecs.task(id)).toMatchObject({
        stoppedReason: "Task failed health checks",
        containers: [{ exitCode: 137 }],
      });
    });
  }, 30_000);

  it("that is cut off neither answers nor refuses, and is as it was when the cut is mended", async () => {
    await withRedis(async ({ ecs }, task) => {
      const socket = await connected(task);
      await ecs.faults.partition(task.id, true);
      const answer = once(socket, "data", { signal: AbortSignal.timeout(5000) });
      socket.write("PING\r\n");
      expect(await knock(task)).toBe("silent");
      expect(await Promise.race([answer, delay(100, "silent")])).toBe("silent");
      await ecs.faults.partition(task.id, false);
      expect(String((await answer)[0])).toContain("NOAUTH");
      expect(await knock(task)).toBe("open");
      socket.destroy();
    });
  });

  it("that ends behind a cut is not heard of, and one of its service that starts there is cut off", async () => {
    await withRedis(async ({ ecs }, task) => {
      const socket = await connected(task);
      await ecs.faults.partition("test-redis", true);
      ecs.faults.kill(task.id);
      await expect.poll(() => ecs.task(task.id).status, { timeout: 5000 }).toBe("STOPPED");
      await ecs.waitUntilStable({ timeout: 15_000 });
      const after = onlyTask(ecs, "test-redis");
      expect(after.id).not.toBe(task.id);
      expect(await knock(after)).toBe("silent");
      expect(socket.readyState).toBe("open");
      const closed = once(socket, "close", { signal: AbortSignal.timeout(5000) });
      socket.resume();
      await ecs.faults.partition("test-redis", false);
      await closed;
      expect(await knock(task)).toBe("ECONNREFUSED");
      await expect.poll(() => knock(after), { timeout: 5000 }).toBe("open");
    });
  });

  it("is reached by nobody before its program listens, and refused", async () => {
    const command = ["sh", "-c", "sleep 0.5; exec redis-server"];
    const overrides = { ...redisAlone, redisContainer: { command } };
    await withRedis(async (_run, task) => {
      expect(await knock(task)).toBe("ECONNREFUSED");
      await expect.poll(() => knock(task), { timeout: 5000 }).toBe("open");
    }, overrides);
  });
});

describe("a lost host", () => {
  it("is silent, is noticed, frees the writer lock with its lease, and is replaced", async () => {
    await withRedis(async (run, task) => {
      const { ecs } = run;
      await redis(task, auth(ecs), "SET k kept");
      const socket = await connected(task);
      const host = task.host ?? "";
      ecs.faults.loseHost(host, { noticedAfter: 400, leaseTime: 1500, replacedAfter: 300 });
      // Until somebody notices, ECS says what it said.
      expect(ecs.task(task.id).status).toBe("RUNNING");
      await expect.poll(() => knock(task, 100), { timeout: 5000, interval: 10 }).toBe("silent");
      const gone = await seen(
        run,
        (event) => event.type === "record" && event.action === "deregistered",
      );
      const lostAt = run.events.find(({ type }) => type === "fault")?.at ?? 0;
      expect(gone.at - lostAt).toBeGreaterThanOrEqual(390);
      expect(ecs.task(task.id)).toMatchObject({
        status: "STOPPED",
        stoppedReason: `Container instance ${host} was terminated`,
      });
      await seen(run, (event) => event.type === "host" && event.status === "LOST");
      await seen(run, (event) => event.type === "host" && event.host === "host-3");
      expect(ecs.hosts.map(({ id }) => id)).not.toContain(host);
      await ecs.waitUntilStable({ timeout: 15_000 });
      const after = onlyTask(ecs, "test-redis");
      expect(after.host).not.toBe(host);
      expect(await redis(after, auth(ecs), "GET k")).toContain("kept");
      // It waited for the lock: the lost writer held it until its lease ran out.
      expect(now() - lostAt).toBeGreaterThanOrEqual(1490);
      expect(ecs.faults.active).toEqual([]);
      socket.destroy();
    });
  });

  it("that is restored before it was noticed goes on as if nothing had been", async () => {
    await withRedis(async ({ ecs, events }, task) => {
      const socket = await connected(task);
      const host = task.host ?? "";
      ecs.faults.loseHost(host, { noticedAfter: 60_000, leaseTime: 60_000 });
      expect(() => ecs.faults.loseHost(host)).toThrow("is lost already");
      await expect.poll(() => knock(task, 100), { timeout: 5000 }).toBe("silent");
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

describe("records that are gone", () => {
  it("are neither in DNS nor in the API's answer, while the task runs", async () => {
    await withRedis(async ({ ecs }, task) => {
      ecs.faults.records("gone");
      const resolver = new Resolver();
      resolver.setServers([ecs.dnsServer]);
      await expect(resolver.resolveSrv(NAME)).rejects.toMatchObject({ code: "ENOTFOUND" });
      ecs.faults.records(undefined);
      expect(await redis(task, "PING")).toContain("-NOAUTH Authentication required.");
    });
  });
});

describe("overlap", () => {
  it("starts a replacement before what it replaces has ended, at a maximum of 100 percent", async () => {
    await withRedis(async (run, task) => {
      const { ecs, events } = run;
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
      await ecs.waitUntilStable({ timeout: 15_000 });
    });
  });
});

describe("a port", () => {
  it("that a task has left is another task's, which speaks something else", async () => {
    await withRedis(async ({ ecs }, task) => {
      const taken = ecs.faults.reusePort("test-redis", true);
      ecs.drainHost(task.host ?? "");
      expect(await taken).toEqual({ address: task.address, port: portOf(task) });
      expect((await redis(task, "PING"))[0]).toContain("400 Bad Request");
      // The port of the task that stopped last is given once.
      const none = ecs.faults.reusePort("test-redis", true, { speaks: "echo", timeout: 1000 });
      expect(await none).toEqual({ address: task.address, port: portOf(task) });
      expect((await redis(task, "PING"))[0]).toBe("PING");
      await ecs.faults.reusePort("test-redis", false);
      expect(await knock(task)).toBe("ECONNREFUSED");
      expect(ecs.faults.active).toEqual([]);
    });
  });

  it("that no task leaves in time is nobody's", async () => {
    await withRedis(async ({ ecs }) => {
      const none = ecs.faults.reusePort("test-redis", true, { timeout: 50 });
      await expect(none).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
    });
  });
});

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
});

const invalid = (message: string): object => ({
  code: "ERR_INVALID_ARG",
  message: expect.stringContaining(message),
});

describe("what faults refuse", () => {
  it("unknown hosts, tasks, services, kinds and numbers, by what is allowed", async () => {
    await withRedis(async ({ ecs: { faults: of } }) => {
      const refusals: [() => unknown, string][] = [
        [() => of.kill("t"), 'there is no task "t"'],
        [() => of.freeze("t"), 'there is no task "t"'],
        [() => of.thaw("t"), 'there is no task "t"'],
        [() => of.loseHost("host-9"), "hosts are: host-1, host-2"],
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
        invalid('there is no task "test-other"; services are: test-redis, test-app'),
      );
      for (const refused of [of.reusePort("other", true), of.diskFull("other", true)]) {
        await expect(refused).rejects.toMatchObject(invalid('there is no service "other"'));
      }
      const speaks = "smtp" as "http";
      await expect(of.reusePort("test-app", true, { speaks })).rejects.toMatchObject(
        invalid("reusePort.speaks: expected http, echo"),
      );
      expect(of.active).toEqual([]);
    });
  });
});
