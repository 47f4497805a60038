import { once } from "node:events";
import { createServer } from "node:net";
import { describe, expect, it } from "vitest";
import { killed, knock, withRedis } from "../fixture/one-redis.ts";
import { portOf, redis } from "../fixture/services.ts";

describe("a port", () => {
  it("of a stopped task is used by a server of another protocol", async () => {
    await withRedis(async ({ ecs }, task) => {
      const taken = ecs.faults.reusePort("test-redis", true);
      ecs.drainHost(task.host ?? "");
      expect(await taken).toEqual({ address: task.address, port: portOf(task) });
      expect((await redis(task, "PING"))[0]).toContain("400 Bad Request");
      // The fault begins again on the same port.
      const none = ecs.faults.reusePort("test-redis", true, { speaks: "echo", timeout: 1000 });
      expect(await none).toEqual({ address: task.address, port: portOf(task) });
      expect((await redis(task, "PING"))[0]).toBe("PING");
      await ecs.faults.reusePort("test-redis", false);
      expect(await knock(task)).toBe("ECONNREFUSED");
      expect(ecs.faults.active).toEqual([]);
    });
  });

  it("is awaited until the timeout, or until the fault ends", async () => {
    await withRedis(async ({ ecs }, task) => {
      const none = ecs.faults.reusePort("test-redis", true, { timeout: 50 });
      await expect(none).rejects.toMatchObject({ code: "ERR_TIMEOUT" });
      for (const end of [
        () => ecs.faults.reusePort("test-redis", false),
        () => ecs.faults.clear(),
      ]) {
        const taken = ecs.faults.reusePort("test-redis", true);
        expect(ecs.faults.active).toEqual([{ fault: "reusePort", target: "test-redis" }]);
        await end();
        expect(await taken).toBeUndefined();
      }
      await killed(ecs, task);
      expect(await knock(task)).toBe("ECONNREFUSED");
      const closed = ecs.faults.reusePort("test-redis", true, { timeout: 0 });
      await ecs.close();
      expect(await closed).toBeUndefined();
      await expect(ecs.faults.reusePort("test-redis", true)).rejects.toMatchObject({
        code: "ERR_CLOSED",
      });
    });
  });

  it("is given back if another process uses it", async () => {
    await withRedis(async ({ ecs }, task) => {
      await killed(ecs, task);
      const other = createServer().listen(portOf(task), task.address);
      await once(other, "listening");
      await expect(ecs.faults.reusePort("test-redis", true)).rejects.toMatchObject({
        code: "ERR_PLATFORM",
        message: expect.stringContaining(`${task.address}:${portOf(task)} cannot be reused`),
      });
      expect(ecs.faults.active).toEqual([]);
      other.close();
      const taken = await ecs.faults.reusePort("test-redis", true);
      expect(taken).toEqual({ address: task.address, port: portOf(task) });
    });
  });
});
