import { describe, expect, it } from "vitest";

import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { dnsTo, leadTo } from "../support/dialing.ts";
import { startClient, until } from "../support/redis-clients.ts";

/** A Redis that can be stopped, and another one that replaces it on another port. */
async function startMovingRedis() {
  const first = await startRedis();
  const second = await startRedis();
  const dns = await dnsTo(first.port);
  return {
    dns,
    second,
    move: async () => {
      leadTo(dns, second.port);
      await first.stop();
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([first.stop(), second.stop(), dns.close()]);
    },
  };
}

describe("a Redis that moves to another port", () => {
  it("is followed while commands flow, and no command fails", async () => {
    await using moving = await startMovingRedis();
    using client = startClient(moving.dns);
    const { redis } = client;
    const portOf = async (): Promise<number> => {
      const info = await redis.info("server");
      return Number(/tcp_port:(\d+)/.exec(info)?.[1]);
    };
    const before = [await portOf(), await portOf()];
    const moved = moving.move();
    let port = await portOf();
    for (let commands = 0; port !== moving.second.port && commands < 10_000; commands++) {
      port = await portOf();
    }
    await moved;
    expect(before).not.toContain(moving.second.port);
    expect(port).toBe(moving.second.port);
    await expect(redis.incr("count")).resolves.toBe(1);
  });

  it("is followed by a blocking command", async () => {
    await using moving = await startMovingRedis();
    using blocked = startClient(moving.dns);
    using other = startClient(moving.dns);
    const popped = blocked.redis.brpop("queue", 0);
    await until(() => blocked.redis.status === "ready");
    await moving.move();
    await other.redis.lpush("queue", "job");
    await expect(popped).resolves.toEqual(["queue", "job"]);
  });

  it("is followed by a subscriber, with its subscriptions", async () => {
    await using moving = await startMovingRedis();
    using subscriber = startClient(moving.dns);
    using publisher = startClient(moving.dns);
    const messages: string[] = [];
    subscriber.redis.on("message", (_channel, message) => messages.push(message));
    await subscriber.redis.subscribe("news");
    await moving.move();
    let receivers = 0;
    for (let tries = 0; receivers === 0 && tries < 10_000; tries++) {
      receivers = await publisher.redis.publish("news", "moved");
    }
    await until(() => messages.length === 1);
    expect(messages).toEqual(["moved"]);
  });
});

describe("a Redis that has its maximum of clients and is no longer in the records", () => {
  it("keeps its clients", async () => {
    await using first = await startRedis();
    await using second = await startRedis();
    await using dns = await dnsTo(first.port);
    using client = startClient(dns, {}, { recheck: 10, cache: false });
    await client.redis.config("SET", "maxclients", "1");
    leadTo(dns, second.port);
    // Several checks, each with at least one query.
    const before = dns.queries.length;
    await until(() => dns.queries.length >= before + 20);
    const info = await client.redis.info();
    expect(info).toContain(`tcp_port:${first.port}`);
    expect(info).toMatch(/rejected_connections:[1-9]/);
    expect(client.errors).toEqual([]);
  });
});
