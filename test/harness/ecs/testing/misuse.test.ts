import { createServer } from "node:net";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { movingRedis, type MovingRedis } from "../../../../harness/ecs/testing.ts";
import { connecting, plainClient } from "./clients.ts";

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("movingRedis refuses", () => {
  it.each([
    [{ password: "a\nb" }, "password: expected one line of text"],
    [{ password: 1 }, "password: expected one line of text"],
    [{ tls: "yes" }, "tls: expected true or false, got yes"],
    [{ samePort: 1 }, "samePort: expected true or false, got 1"],
    [{ ttl: -1 }, "ttl: expected a whole number of seconds from 0 to 86400, got -1"],
    [{ port: 65_536 }, "port: expected a whole number from 0 to 65535, got 65536"],
    [
      { prot: 1 },
      "options of movingRedis: unknown option prot; allowed: password, tls, ttl, port, samePort",
    ],
    ["redis", "options of movingRedis: expected an object, got redis"],
  ])("%j", async (options, message) => {
    const started = movingRedis(options as never);
    await expect(started).rejects.toMatchObject({ code: "ERR_INVALID_ARG", message });
  });

  it("a port in use, and leaves nothing behind", async () => {
    const other = createServer().listen(0, "127.0.0.1");
    await once(other, "listening");
    const { port } = other.address() as { port: number };
    const folder = mkdtempSync(join(tmpdir(), "moving-misuse-"));
    vi.stubEnv("TMPDIR", folder);
    const started = movingRedis({ port });
    await expect(started).rejects.toMatchObject({
      code: "ERR_INVALID_ARG",
      message: `port: cannot listen on 127.0.0.1:${port} (listen EADDRINUSE: address already in use 127.0.0.1:${port}); leave the option out for any free port`,
    });
    other.close();
    expect(readdirSync(folder)).toEqual([]);
    rmdirSync(folder);
  });

  it("a machine without Redis, and names the command that installs it", async () => {
    vi.stubEnv("REDIS_SERVER", "");
    vi.stubEnv("PATH", "/no/such/folder");
    await expect(movingRedis()).rejects.toMatchObject({
      code: "ERR_IMAGE",
      message: expect.stringMatching(
        /neither redis-server nor valkey-server is on PATH. Run: .*(redis|valkey)/,
      ),
    });
    vi.stubEnv("REDIS_SERVER", "/no/such/server");
    await expect(movingRedis()).rejects.toThrow('REDIS_SERVER is "/no/such/server"');
  });
});

describe("a method in a wrong order", () => {
  it.each(["lost", "frozen"] as const)("is refused while Redis is %s", async (condition) => {
    await using redis = await movingRedis();
    await (condition === "lost" ? redis.lose() : redis.freeze());
    const methods = ["lose", "freeze", "crash", "deploy", "slowLoad", "outage", "demote"] as const;
    for (const method of methods) {
      await expect(redis[method](1)).rejects.toMatchObject({
        code: "ERR_INVALID_ARG",
        message: `${method}: Redis is ${condition}; call restore() or move() first`,
      });
    }
    await redis.restore();
    await expect(plainPing(redis)).resolves.toBe("PONG");
  });

  it("is refused when there is nothing to restore", async () => {
    await using redis = await movingRedis();
    const message = "restore: Redis is running; call lose(), freeze() or demote() first";
    await expect(redis.restore()).rejects.toMatchObject({ code: "ERR_INVALID_ARG", message });
  });

  it.each([0, 60_001, 1.5, "1", undefined])("slowLoad(%s) is refused", async (ms) => {
    await using redis = await movingRedis();
    await expect(redis.slowLoad(ms as never)).rejects.toMatchObject({
      code: "ERR_INVALID_ARG",
      message: `ms: expected a whole number of milliseconds from 1 to 60000, got ${ms}`,
    });
    await expect(plainPing(redis)).resolves.toBe("PONG");
  });

  it.each([0, 600_001, "1"])("outage(%s) is refused", async (ms) => {
    await using redis = await movingRedis();
    await expect(redis.outage(ms as never)).rejects.toMatchObject({
      code: "ERR_INVALID_ARG",
      message: `ms: expected a whole number of milliseconds from 1 to 600000, got ${ms}`,
    });
    await expect(plainPing(redis)).resolves.toBe("PONG");
  });

  it("is refused after the end, which waits for what runs", async () => {
    const redis = await movingRedis();
    await redis.lose();
    const moved = redis.move();
    const closed = redis.close();
    await expect(redis.crash()).rejects.toMatchObject({
      code: "ERR_CLOSED",
      message: "the moving Redis has been closed",
    });
    await Promise.all([moved, closed, redis.close(), redis[Symbol.asyncDispose]()]);
    await expect(connecting(redis.target)).resolves.toBe("ECONNREFUSED");
  });
});

async function plainPing(redis: MovingRedis): Promise<string> {
  using client = plainClient(redis);
  return await client.ping();
}
