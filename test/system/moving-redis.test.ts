// Clients of srv-dialer, and clients without it, with the Redis of local-ecs/testing.
import { Queue, Worker } from "bullmq";
import { Redis, type RedisOptions } from "ioredis";
import { createClient } from "redis";
import { describe, expect, it, vi } from "vitest";
import { movingRedis, type MovingRedis } from "../../harness/ecs/testing.ts";
import { dnsResolver } from "../../runtime/src/index.ts";
import { createRedis } from "../../runtime/src/ioredis.ts";

/** As in the page of examples. */
function clientOf(redis: MovingRedis, options: RedisOptions = {}) {
  const resolver = dnsResolver({ servers: [redis.dns] });
  const dialer = { resolver, recheck: 200 };
  return disposable(createRedis(redis.url, { ...redis.clientOptions, ...options }, dialer));
}

function disposable(client: Redis) {
  client.on("error", () => {});
  return Object.assign(client, { [Symbol.dispose]: () => client.disconnect() });
}

/** What can happen to Redis. Each is over when it resolves. */
const METHODS: Readonly<Record<string, (redis: MovingRedis) => Promise<void>>> = {
  move: (redis) => redis.move(),
  deploy: (redis) => redis.deploy(),
  crash: (redis) => redis.crash(),
  "lose and restore": async (redis) => {
    await redis.lose();
    await redis.restore();
  },
  "lose and move": async (redis) => {
    await redis.lose();
    await redis.move();
  },
  "freeze and restore": async (redis) => {
    await redis.freeze();
    await redis.restore();
  },
  slowLoad: (redis) => redis.slowLoad(300),
};

describe.each(Object.entries(METHODS))("%s", (_name, happens) => {
  it.each([
    ["", {}],
    [" with TLS and a password", { tls: true, password: "s3cret" }],
  ])("loses no data and no command of createRedis%s", async (_with, options) => {
    await using redis = await movingRedis(options);
    using client = clientOf(redis);
    await client.set("visits", 1);
    await happens(redis);
    await expect(client.incr("visits")).resolves.toBe(2);
  });

  it("loses no data and no command of node-redis through the fixed forward", async () => {
    await using redis = await movingRedis({ tls: true, password: "s3cret" });
    const { host, port, clientOptions } = redis;
    const { password = "", tls } = clientOptions;
    const client = createClient({
      password,
      socket: {
        host,
        port,
        tls: true,
        ca: tls?.ca,
        // Of a lost host a client hears nothing.
        socketTimeout: 1_000,
        // By default it gives up after a timeout.
        reconnectStrategy: () => 50,
      },
    });
    client.on("error", () => {});
    await client.connect();
    await client.set("visits", 1);
    await happens(redis);
    await expect.poll(() => client.get("visits")).toBe("1");
    client.destroy();
  });
});

/** A test of an app, with a client that finds Redis in its own way. */
async function followsRedis(client: Redis, redis: MovingRedis): Promise<string | null> {
  await client.set("cart", "3 apples");
  await redis.deploy();
  return await client.get("cart");
}

describe("a plain ioredis app", () => {
  it("fails the test without srv-dialer", async () => {
    await using redis = await movingRedis();
    const { host, port } = redis.target;
    const options = { ...redis.clientOptions, maxRetriesPerRequest: 2 };
    using client = disposable(new Redis({ host, port, ...options }));
    await expect(followsRedis(client, redis)).rejects.toThrow("max retries per request");
  });

  it("passes it with srv-dialer", async () => {
    await using redis = await movingRedis();
    using client = clientOf(redis, { maxRetriesPerRequest: 2 });
    await expect(followsRedis(client, redis)).resolves.toBe("3 apples");
  });
});

/** A test of an app: its worker does a job that is added after Redis has moved. */
async function worksAfterMove(redis: MovingRedis, connect: () => Redis): Promise<string> {
  const done: string[] = [];
  using producer = disposable(connect());
  using consumer = disposable(connect());
  const queue = new Queue("mails", { connection: producer });
  const worker = new Worker("mails", async ({ name }) => void done.push(name), {
    connection: consumer,
  });
  queue.on("error", () => {});
  worker.on("error", () => {});
  try {
    await queue.add("early", {});
    await vi.waitUntil(() => done.includes("early"), { timeout: 10_000 });
    await redis.move();
    await queue.add("late", {});
    await vi.waitUntil(() => done.includes("late"), { timeout: 10_000 });
    return done.join();
  } finally {
    await worker.close(true);
    await queue.close();
  }
}

describe("a BullMQ app", () => {
  it("fails the test without srv-dialer", async () => {
    await using redis = await movingRedis();
    const { host, port } = redis.target;
    const options = { ...redis.clientOptions, maxRetriesPerRequest: null, commandTimeout: 3_000 };
    const connect = (): Redis => new Redis({ host, port, ...options });
    await expect(worksAfterMove(redis, connect)).rejects.toThrow("Command timed out");
  });

  it("passes it with srv-dialer", async () => {
    await using redis = await movingRedis();
    const connect = (): Redis => clientOf(redis, { maxRetriesPerRequest: null });
    await expect(worksAfterMove(redis, connect)).resolves.toBe("early,late");
  });

  it("passes it through the fixed forward", async () => {
    await using redis = await movingRedis();
    const { host, port, clientOptions } = redis;
    const connect = (): Redis =>
      new Redis({ host, port, ...clientOptions, maxRetriesPerRequest: null });
    await expect(worksAfterMove(redis, connect)).resolves.toBe("early,late");
  });
});
