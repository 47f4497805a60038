import { once } from "node:events";

import { describe, expect, it, vi } from "vitest";

import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { NAME, asked, dnsTo, leadTo } from "../support/dialing.ts";
import { DEADLINE, connectorTo, startClient, until } from "../support/redis-clients.ts";
import { command, startLosableRedis } from "../support/redis-servers.ts";

const WAIT = { timeout: 30_000, interval: 20 };

/** A Redis with a DNS name, and another one that replaces it on another port. */
async function startMovingRedis() {
  const first = await startRedis();
  const second = await startRedis();
  const dns = await dnsTo(first.port);
  const move = async (): Promise<void> => {
    leadTo(dns, second.port);
    await first.stop();
  };
  const dispose = async (): Promise<void> => {
    await Promise.all([first.stop(), second.stop(), dns.close()]);
  };
  return { dns, move, second, [Symbol.asyncDispose]: dispose };
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

/** A Redis on a host that can be lost, and another one that replaces it. */
async function startLosingRedis() {
  const first = await startLosableRedis();
  const second = await startRedis();
  const dns = await dnsTo(first.port);
  const lose = async (): Promise<void> => {
    await first.lose();
    leadTo(dns, second.port);
  };
  const dispose = async (): Promise<void> => {
    await Promise.all([first.stop(), second.stop(), dns.close()]);
  };
  return { dns, lose, second, [Symbol.asyncDispose]: dispose };
}

describe("a Redis whose host is lost, which does not close connections", () => {
  const often = { recheck: 50, cache: false } as const;

  it("is left by a subscriber, which sends nothing", async () => {
    await using losing = await startLosingRedis();
    using subscriber = startClient(losing.dns, {}, often);
    const messages: string[] = [];
    subscriber.redis.on("message", (_channel, message) => messages.push(message));
    await subscriber.redis.subscribe("news");
    await losing.lose();
    await command(losing.second.port, async (publisher) => {
      await vi.waitUntil(async () => (await publisher.publish("news", "moved")) === 1, WAIT);
    });
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

describe("disconnect", () => {
  /** The states of a connection, and how to detect them. */
  it.each<[string, Parameters<typeof startClient>[1], string]>([
    ["before connecting", { lazyConnect: true }, "wait"],
    ["while connecting", {}, "connecting"],
    ["when connected", {}, "connect"],
    ["when ready", {}, "ready"],
  ])("ends a client %s, and connect() starts again", async (_moment, options, status) => {
    await using server = await startRedis();
    await using dns = await dnsTo(server.port);
    using client = startClient(dns, options);
    const { redis } = client;
    if (status === "connect" || status === "ready") await once(redis, status);
    expect(redis.status).toBe(status);

    const ended = new Promise((resolve) => redis.once("end", resolve));
    redis.disconnect();
    if (status !== "wait") await ended;
    await redis.connect();
    await expect(redis.ping()).resolves.toBe("PONG");
    expect(client.errors).toEqual([]);
  });

  it("ends a dial that waits for DNS, and nothing is queried afterwards", async () => {
    await using dns = await dnsTo(1);
    dns.fault("drop");
    using client = startClient(dns);
    await until(() => asked(dns) === 1);

    const ended = new Promise((resolve) => client.redis.once("end", resolve));
    client.redis.disconnect();
    await ended;
    expect(client.redis.status).toBe("end");
    expect(client.errors).toEqual([]);
  });

  it("ends the pause between two dials, and connect() dials immediately", async () => {
    await using server = await startRedis();
    await using dns = await dnsTo();
    dns.remove(NAME);
    const pause = { connectTimeout: DEADLINE, retryStrategy: () => 3_600_000 };
    using client = startClient(dns, pause);
    await until(() => client.redis.status === "reconnecting");

    client.redis.disconnect();
    leadTo(dns, server.port);
    await vi.waitFor(() => client.redis.connect(), { timeout: 30_000, interval: 20 });
    await expect(client.redis.ping()).resolves.toBe("PONG");
  });

  it("gives ioredis a destroyed socket if it ends a dial, never a rejection", async () => {
    await using dns = await dnsTo(1);
    dns.fault("drop");
    const Connector = connectorTo(dns);
    const connector = new Connector({ host: NAME });
    const connecting = connector.connect(() => {});
    await until(() => asked(dns) === 1);

    connector.disconnect();
    await expect(connecting).resolves.toMatchObject({ destroyed: true });
    expect(connector.firstError).toBeUndefined();
  });
});
