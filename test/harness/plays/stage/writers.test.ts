import { readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Redis } from "ioredis";
import { expect, test } from "vitest";
import { until } from "../../../../harness/plays/stage/until.ts";
import { descendantsOf } from "../../../support/processes.ts";
import { startRedis } from "../../../../harness/ecs/programs/start-redis.ts";
import { WriterWatch } from "../../../../harness/plays/stage/writers.ts";

test("two servers in one folder are observed, no matter who started them", async () => {
  const dir = await mkdtemp(join(tmpdir(), "writers-"));
  try {
    using watch = new WriterWatch(tmpdir());
    const seen = () => watch.folders.find(({ path }) => path === dir);
    {
      await using first = await startRedis({ dir });
      expect(watch.sample()).toContain(dir);
      expect(seen()).toEqual({ path: dir, servers: [first.pid], most: 1 });
    }
    await using second = await startRedis({ dir });
    watch.sample();
    expect(seen()).toMatchObject({ servers: [expect.any(Number), second.pid], most: 1 });
    await using third = await startRedis({ dir });
    watch.sample();
    expect(seen()).toMatchObject({ servers: { length: 3 }, most: 2 });
    expect(third.pid).toBeGreaterThan(0);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test("a child that writes the server's file is not a second server", async () => {
  await using redis = await startRedis();
  const client = new Redis(redis.port, "127.0.0.1");
  try {
    // Half a second per key, so the child runs until it is killed.
    await client.config("SET", "rdb-key-save-delay", 500_000);
    await client.mset(...Array.from({ length: 100 }, (_, index) => [`key:${index}`, index]).flat());
    await client.bgsave();
    const children = await until("the child runs", () => {
      const found = descendantsOf(redis.pid);
      return found.length > 0 && found;
    });
    expect(readFileSync(`/proc/${children[0]}/comm`, "utf8")).toMatch(/-server\n$/);
    using watch = new WriterWatch(tmpdir());
    expect(watch.folders.find(({ path }) => path === redis.dir)).toMatchObject({
      servers: [redis.pid],
      most: 1,
    });
  } finally {
    client.disconnect();
  }
});
