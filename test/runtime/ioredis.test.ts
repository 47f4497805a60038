import { describe, expect, it } from "vitest";

import { startRedis } from "../../harness/ecs/programs/start-redis.ts";
import { dnsResolver } from "../../runtime/src/index.ts";
import { createRedis } from "../../runtime/src/ioredis.ts";
import { NAME, asked, dnsTo } from "./support/dialing.ts";
import { clientOf, startClient } from "./support/redis-clients.ts";

describe("a client of ioredis with an SrvConnector", () => {
  it("reaches Redis through the records of its host: commands, pipelines, transactions", async () => {
    await using server = await startRedis();
    await using dns = await dnsTo(server.port);
    using client = startClient(dns);
    const { redis } = client;
    await expect(redis.set("key", "value")).resolves.toBe("OK");
    await expect(redis.pipeline().get("key").incr("count").exec()).resolves.toEqual([
      [null, "value"],
      [null, 1],
    ]);
    await expect(redis.multi().incr("count").incr("count").exec()).resolves.toEqual([
      [null, 2],
      [null, 3],
    ]);
    expect(client.errors).toEqual([]);
  });

  it("shares answers with clients whose dialer options are equal", async () => {
    await using server = await startRedis();
    await using dns = await dnsTo(server.port);
    const resolver = dnsResolver({ servers: [dns.address] });
    const start = (timeout: number) =>
      clientOf(createRedis(`redis+srv://${NAME}`, {}, { resolver, timeout }));
    using first = start(5_000);
    await first.redis.ping();
    using second = start(5_000);
    await second.redis.ping();
    expect(asked(dns)).toBe(1);
    using other = start(6_000);
    await other.redis.ping();
    expect(asked(dns)).toBe(2);
  });
});
