import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { startRedis } from "../../../../harness/ecs/programs/start-redis.ts";
import { until } from "../../../../harness/plays/stage/until.ts";

const WITH_AOF = ["--appendonly", "yes", "--save", ""];
const WITHOUT_AOF = ["--appendonly", "no", "--save", ""];

// The claims of docs/migration.md about a Redis that does not append.
test("a Redis that appends does not read dump.rdb, unless the old one had started to append", async () => {
  const dir = await mkdtemp(join(tmpdir(), "dump-"));
  try {
    const keys = (args: string[], work: (redis: Redis) => Promise<unknown> = async () => {}) =>
      withRedis(dir, args, async (redis) => {
        await work(redis);
        return redis.dbsize();
      });
    await keys(WITHOUT_AOF, async (redis) => {
      await redis.set("key", "value");
      await redis.save();
    });
    expect(await keys(WITH_AOF)).toBe(0);

    await rm(join(dir, "appendonlydir"), { recursive: true });
    const rescued = await keys(WITHOUT_AOF, async (redis) => {
      await redis.config("SET", "appendonly", "yes");
      await until("the append-only file is there", async () =>
        /aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:0/.test(
          await redis.info("persistence"),
        ),
      );
    });
    expect(rescued).toBe(1);
    expect(await keys(WITH_AOF)).toBe(1);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

async function withRedis<T>(
  dir: string,
  args: readonly string[],
  work: (redis: Redis) => Promise<T>,
): Promise<T> {
  await using server = await startRedis({ dir, args });
  const redis = new Redis({ host: "127.0.0.1", port: server.port });
  try {
    return await work(redis);
  } finally {
    redis.disconnect();
  }
}
