import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { startRedis } from "../../../../harness/programs/start-redis.ts";
import { WriterWatch } from "../../../../harness/plays/stage/writers.ts";

const HERE = () => ["127.0.0.1"];

test("two servers in one folder are seen, no matter who started them", async () => {
  const dir = await mkdtemp(join(tmpdir(), "writers-"));
  try {
    using watch = new WriterWatch(HERE);
    const seen = () => watch.folders.find(({ path }) => path === dir);
    {
      await using first = await startRedis({ dir });
      expect(watch.look()).toContain(dir);
      expect(seen()).toEqual({ path: dir, servers: [first.pid], most: 1 });
    }
    await using second = await startRedis({ dir });
    watch.look();
    expect(seen()).toMatchObject({ servers: [expect.any(Number), second.pid], most: 1 });
    await using third = await startRedis({ dir });
    watch.look();
    expect(seen()).toMatchObject({ servers: { length: 3 }, most: 2 });
    expect(third.pid).toBeGreaterThan(0);
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
});

test("servers on other addresses are none of ours", async () => {
  await using redis = await startRedis();
  using watch = new WriterWatch(() => ["127.9.9.9"]);
  expect(watch.look()).not.toContain(redis.dir);
});
