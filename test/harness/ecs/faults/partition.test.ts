import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { describe, expect, it } from "vitest";
import { withLocalEcs } from "../fixture/local.ts";
import { connected, fixedPort, killed, knock, opened, withRedis } from "../fixture/one-redis.ts";
import { service } from "../fixture/services.ts";
import { template } from "../fixture/template.ts";

describe("a partitioned task", () => {
  it("drops packets, and continues when the cut ends", async () => {
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

  it("does not include the ports of stopped tasks", async () => {
    await withRedis(async ({ ecs }, task) => {
      const after = await killed(ecs, task);
      await expect(ecs.faults.partition(task.id, true)).rejects.toMatchObject({
        code: "ERR_INVALID_ARG",
        message: `task "${task.id}" has stopped`,
      });
      await ecs.faults.partition("test-redis", true);
      expect(await knock(task)).toBe("ECONNREFUSED");
      expect(await knock(after)).toBe("silent");
    });
  });

  it("is cut off until its own and its service's partition have ended, with several calls at once", async () => {
    await withRedis(async ({ ecs }, task) => {
      await opened(task);
      const { faults } = ecs;
      await faults.partition("test-redis", true);
      const turns = [true, true, false, true, true].map((on) => faults.partition(task.id, on));
      await Promise.all(turns);
      await faults.partition(task.id, false);
      expect(faults.active).toEqual([{ fault: "partition", target: "test-redis" }]);
      expect(await knock(task)).toBe("silent");
      await faults.partition("test-redis", false);
      expect(faults.active).toEqual([]);
      expect(await knock(task)).toBe("open");
    });
  });
});

describe("a partitioned service", () => {
  it("hides the end of a task, and cuts off one that starts", async () => {
    await withRedis(async ({ ecs }, task) => {
      const socket = await connected(task);
      await ecs.faults.partition("test-redis", true);
      const after = await killed(ecs, task);
      expect(after.id).not.toBe(task.id);
      expect(await knock(after)).toBe("silent");
      expect(socket.readyState).toBe("open");
      const closed = once(socket, "close", { signal: AbortSignal.timeout(5000) });
      socket.resume();
      await ecs.faults.partition("test-redis", false);
      await closed;
      expect(await knock(task)).toBe("ECONNREFUSED");
      await opened(after);
    });
  });

  it("keeps its fixed port silent from one task to the next", async () => {
    await withRedis(async ({ ecs }, first) => {
      for (const { id } of ecs.hosts) if (id !== first.host) ecs.drainHost(id);
      const second = await killed(ecs, first);
      await opened(second);
      await ecs.faults.partition("test-redis", true);
      expect(await knock(second)).toBe("silent");
      const third = await killed(ecs, second);
      expect([third.address, await knock(third)]).toEqual([first.address, "silent"]);
      expect(ecs.task(third.id).status).toBe("RUNNING");
      await ecs.faults.partition("test-redis", false);
      await opened(third);
      expect(service(ecs, "test-redis").tasks).toHaveLength(3);
    }, fixedPort);
  });

  it("does not start a task whose port another process uses", async () => {
    const none = template({ ...fixedPort, redisService: { desired_count: 0 } });
    await withLocalEcs({ template: none }, async ({ ecs }) => {
      for (const { address } of ecs.hosts) {
        const server = createServer().listen(6379, address).unref();
        await once(server, "listening");
      }
      await ecs.faults.partition("test-redis", true);
      await ecs.apply(template(fixedPort));
      const reason = () => service(ecs, "test-redis").tasks.at(-1)?.stoppedReason;
      await expect.poll(reason).toMatch(/CannotStartContainerError: listen EADDRINUSE/);
      await ecs.faults.partition("test-redis", false);
    });
  });
});
