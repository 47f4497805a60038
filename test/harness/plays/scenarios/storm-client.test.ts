import { Redis } from "ioredis";
import { expect, it } from "vitest";
import { lostBy } from "../../../../harness/plays/scenarios/storm-client.ts";
import { startRedis } from "../../../../harness/ecs/programs/start-redis.ts";

it("a write that was sent twice does not hide a lost one", async () => {
  await using server = await startRedis();
  const redis = new Redis(server.port, "127.0.0.1");
  const stage = { readRedis: <T>(look: (client: Redis) => Promise<T>) => look(redis) };
  const client = { key: "storm:dns:0", written: [1, 2, 3] };
  try {
    // The second write was resent, the third is lost, and the fourth was not acknowledged.
    await redis.sadd(client.key, 1, 2, 2, 4);
    expect(await lostBy(stage, [client, { key: "storm:dns:1", written: [] }])).toBe(1);
    await redis.sadd(client.key, 3);
    expect(await lostBy(stage, [client])).toBe(0);
  } finally {
    redis.disconnect();
  }
});
