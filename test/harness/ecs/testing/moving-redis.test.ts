import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { movingRedis } from "../../../../harness/ecs/testing.ts";
import { connecting, connection, plainClient, resolverOf } from "./clients.ts";

/** Without a password, so that a socket can send commands. */
const OPEN = { password: "" };
/** Milliseconds in which a server that is not silent would have replied. */
const SILENCE = 200;

describe("movingRedis", () => {
  it("has an SRV record that leads to Redis", async () => {
    await using redis = await movingRedis({ ...OPEN, ttl: 7 });
    const resolver = resolverOf(redis);
    expect(redis).toMatchObject({ name: "redis.moving", url: "redis+srv://redis.moving" });
    const [record] = await resolver.resolveSrv(redis.name);
    expect(record).toMatchObject({ port: redis.target.port, priority: 1, weight: 1 });
    const addresses = await resolver.resolve4(record?.name ?? "", { ttl: true });
    expect(addresses).toEqual([{ address: redis.target.host, ttl: 7 }]);
    using direct = await connection(redis.target);
    direct.send("PING\r\n");
    await expect.poll(direct.received).toBe("+PONG\r\n");
  });

  it("takes a password and TLS", async () => {
    const password = "a b:@/%#'\"é";
    await using redis = await movingRedis({ password, tls: true });
    expect(redis.url).toBe("rediss+srv://:a%20b%3A%40%2F%25%23'%22%C3%A9@redis.moving");
    using client = plainClient(redis);
    await expect(client.ping()).resolves.toBe("PONG");
    await redis.move();
    await expect(client.ping()).resolves.toBe("PONG");
    using plain = await connection(redis.target);
    plain.send("PING\r\n");
    await expect.poll(plain.ended).not.toBe("");
    expect(plain.received()).not.toContain("PONG");
  });

  it("has a password of its own, which others do not know, and runs as no user that owns files", async () => {
    await using redis = await movingRedis();
    const { password = "" } = redis.clientOptions;
    expect(redis.url).toBe(`redis+srv://:${password}@redis.moving`);
    expect(password).toMatch(/^[0-9a-f]{32}$/);
    using client = plainClient(redis);
    const [, pid = ""] = /process_id:(\d+)/.exec(await client.info("server")) ?? [];
    expect(readFileSync(`/proc/${pid}/cmdline`, "utf8")).not.toContain(password);
    expect(statSync(`/proc/${pid}`).uid).not.toBe(0);
    using direct = await connection(redis.target);
    direct.send("GET a\r\n");
    await expect.poll(direct.received).toMatch(/^-NOAUTH/);
  });
});

describe("move", () => {
  it("starts Redis at another address with its data, and the former one is gone", async () => {
    await using redis = await movingRedis(OPEN);
    using client = plainClient(redis);
    await client.set("a", 1);
    const former = redis.target;
    using old = await connection(former);
    await redis.move();
    await expect.poll(old.ended).not.toBe("");
    await expect(connecting(former)).resolves.toBe("ECONNREFUSED");
    expect(redis.target).not.toEqual(former);
    const [record] = await resolverOf(redis).resolveSrv(redis.name);
    expect(record?.port).toBe(redis.target.port);
    await expect(client.incr("a")).resolves.toBe(2);
  });

  it("leaves a lost host silent, until restore resets its connections", async () => {
    await using redis = await movingRedis(OPEN);
    const former = redis.target;
    using old = await connection(former);
    await redis.lose();
    await redis.move();
    old.send("PING\r\n");
    using client = plainClient(redis);
    await expect(client.ping()).resolves.toBe("PONG");
    await expect(connecting(former)).resolves.toBe("nothing");
    expect([old.received(), old.ended()]).toEqual(["", ""]);

    await redis.restore();
    await expect.poll(old.ended).not.toBe("");
    await expect(connecting(former)).resolves.toBe("ECONNREFUSED");
    await expect(redis.restore()).rejects.toThrow("Redis is running");
  });

  it("frees a client of the fixed forward that waited for a lost host", async () => {
    await using redis = await movingRedis(OPEN);
    await redis.lose();
    using waiting = await connection(redis);
    await redis.move();
    await expect.poll(waiting.ended).toBe("ECONNRESET");
  });

  it("replaces a frozen process", async () => {
    await using redis = await movingRedis(OPEN);
    using client = plainClient(redis);
    await client.set("a", 1);
    await redis.freeze();
    const reply = client.incr("a");
    await redis.move();
    await expect(reply).resolves.toBe(2);
  });
});

it("warns of a client that does not follow, and of no other", async () => {
  const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
  onTestFinished(() => warn.mockRestore());
  await using lonely = await movingRedis({ password: "secret" });
  await using followed = await movingRedis(OPEN);
  await using over = await movingRedis(OPEN);
  await Promise.all([followed.move(), over.move()]);
  await Promise.all([connecting(followed.target), over.close()]);
  await lonely.move();
  await lonely.deploy();
  const { host, port } = lonely.target;
  await expect.poll(() => warn.mock.calls).not.toEqual([]);
  // The others moved before.
  expect(warn.mock.calls).toEqual([
    [expect.stringContaining(`${host}:${port}`), expect.objectContaining({ code: "NOT_FOLLOWED" })],
  ]);
});

describe("deploy", () => {
  it("removes the record, and starts Redis elsewhere with its data", async () => {
    await using redis = await movingRedis(OPEN);
    using client = plainClient(redis);
    await client.set("a", 1);
    const former = redis.target;
    const resolver = resolverOf(redis);
    const deployed = redis.deploy();
    await expect(resolver.resolveSrv(redis.name)).rejects.toMatchObject({ code: "ENOTFOUND" });
    await deployed;
    expect(redis.target).not.toEqual(former);
    const [record] = await resolver.resolveSrv(redis.name);
    expect(record?.port).toBe(redis.target.port);
    await expect(client.incr("a")).resolves.toBe(2);
  });
});

describe("crash", () => {
  it("kills Redis, which starts again at the same place with its data", async () => {
    await using redis = await movingRedis(OPEN);
    using client = plainClient(redis);
    await client.set("a", 1);
    const { target } = redis;
    using old = await connection(target);
    await redis.crash();
    await expect.poll(old.ended).not.toBe("");
    expect(redis.target).toEqual(target);
    await expect(client.incr("a")).resolves.toBe(2);
  });
});

describe("freeze", () => {
  it("accepts connections and replies after restore", async () => {
    await using redis = await movingRedis(OPEN);
    await redis.freeze();
    using direct = await connection(redis.target);
    direct.send("PING\r\n");
    await sleep(SILENCE);
    expect([direct.received(), direct.ended()]).toEqual(["", ""]);
    await redis.restore();
    await expect.poll(direct.received).toBe("+PONG\r\n");
  });
});

describe("lose", () => {
  it("neither accepts nor refuses, and open connections are silent until restore", async () => {
    await using redis = await movingRedis(OPEN);
    using open = await connection(redis.target);
    await redis.lose();
    open.send("PING\r\n");
    await expect(connecting(redis.target)).resolves.toBe("nothing");
    expect([open.received(), open.ended()]).toEqual(["", ""]);
    await redis.restore();
    await expect.poll(open.received).toBe("+PONG\r\n");
    await expect(connecting(redis.target, 5_000)).resolves.toBe("accepted");
  });
});

describe("slowLoad", () => {
  it.each([0, 3000])("replies LOADING for about its time, with %i keys", async (keys) => {
    await using redis = await movingRedis(OPEN);
    using client = plainClient(redis);
    const pipeline = client.pipeline();
    for (let key = 0; key < keys; key++) pipeline.set(`key-${key}`, key);
    await pipeline.exec();
    const { target } = redis;
    await redis.slowLoad(700);
    const start = performance.now();
    expect(redis.target).toEqual(target);
    using direct = await connection(target);
    direct.send("PING\r\n");
    await expect.poll(direct.received).toMatch(/^-LOADING/);
    await expect(client.dbsize()).resolves.toBe(keys);
    // It began before the start was measured.
    expect(performance.now() - start).toBeGreaterThan(500);
  });

  it("finds the file to which Redis appends after a rewrite", async () => {
    await using redis = await movingRedis(OPEN);
    using client = plainClient(redis);
    await client.set("a", 1);
    for (let rewrites = 0; rewrites < 2; rewrites++) {
      await client.bgrewriteaof();
      await expect.poll(() => client.info("persistence")).toContain("aof_rewrite_in_progress:0");
    }
    await redis.slowLoad(100);
    await expect(client.incr("a")).resolves.toBe(2);
  });

  it("loads at its usual speed after the next move", async () => {
    await using redis = await movingRedis(OPEN);
    using client = plainClient(redis);
    await client.set("a", 1);
    await redis.slowLoad(60_000);
    await redis.move();
    await expect(client.incr("a")).resolves.toBe(2);
  });
});

describe("outage", () => {
  it("takes Redis away for a time, and later methods wait until it is back with its data", async () => {
    await using redis = await movingRedis(OPEN);
    using client = plainClient(redis);
    await client.set("a", 1);
    const { target } = redis;
    await redis.outage(300);
    await expect(connecting(target)).resolves.toBe("ECONNREFUSED");
    await redis.crash();
    expect(redis.target).toEqual(target);
    await expect(client.incr("a")).resolves.toBe(2);
  });

  it("ends at once when Redis is closed", async () => {
    const redis = await movingRedis(OPEN);
    await redis.outage(600_000);
    await redis.close();
    await expect(connecting(redis.target)).resolves.toBe("ECONNREFUSED");
  });

  it("says in the next call why Redis did not come back", async () => {
    await using redis = await movingRedis(OPEN);
    const { host, port } = redis.target;
    await redis.outage(300);
    const other = createServer().listen(port, host);
    onTestFinished(() => void other.close());
    await expect(redis.move()).rejects.toThrow(/in use|exit/i);
  });
});

describe("demote", () => {
  it("lets another Redis take over; the former one answers writes with READONLY until restore", async () => {
    await using redis = await movingRedis(OPEN);
    const former = redis.target;
    using old = await connection(former);
    old.send("SET a 1\r\n");
    await expect.poll(old.received).toBe("+OK\r\n");
    await redis.demote();
    old.send("SET a 2\r\nGET a\r\n");
    await expect.poll(old.received).toMatch(/-READONLY .*\r\n\$1\r\n1\r\n$/);
    expect(redis.target).not.toEqual(former);
    using client = plainClient(redis);
    await expect(client.incr("a")).resolves.toBe(2);

    await redis.restore();
    await expect.poll(old.ended).not.toBe("");
    await redis.move();
    await expect(client.incr("a")).resolves.toBe(3);
  });

  it("keeps connections of the relay at the former Redis", async () => {
    await using redis = await movingRedis(OPEN);
    using old = await connection(redis);
    await redis.demote();
    old.send("SET a 2\r\n");
    await expect.poll(old.received).toMatch(/^-READONLY/);
  });
});

describe.runIf(process.platform === "linux")("with the same port everywhere", () => {
  it("leads to Redis by the A record of its name", async () => {
    await using redis = await movingRedis({ ...OPEN, samePort: true });
    const resolver = resolverOf(redis);
    const { host, port } = redis.target;
    for (const move of ["move", "deploy", "demote"] as const) {
      await redis[move]();
      await expect(resolver.resolve4(redis.name)).resolves.toEqual([redis.target.host]);
    }
    expect(redis.target.port).toBe(port);
    expect(redis.target.host).not.toBe(host);
  });
});
