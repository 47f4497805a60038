import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { findRedisServer } from "../../../harness/programs/find-redis.ts";
import { until, volume, type LocalContainer, type Volume } from "../support/local-container.ts";
import { container, devWith } from "../support/template.ts";

beforeAll(async () => {
  await findRedisServer();
}, 360_000);

/** Runs the synthesized command with the real server, which gives itself out as another version. */
function run(data: Volume, server: string, majorVersion = 8): Promise<LocalContainer> {
  const template = devWith({ redis: { image: `redis:${majorVersion}`, majorVersion } });
  const says = `[ "$1" = --version ] && echo "${server} sha=00000000:0 bits=64" && exit`;
  const options = { before: { "redis-server": says } };
  return data.run(container(template, "redis").command ?? [], options);
}

/** Runs it until it answers, then stops it. */
async function write(data: Volume, server: string, majorVersion?: number): Promise<void> {
  const redis = await run(data, server, majorVersion);
  await until(redis.answers);
  redis.process.kill("SIGTERM");
  expect(await redis.exited).toBe(0);
}

/** Runs it, sees it end before any server has started, and resolves to what it said. */
async function refused(data: Volume, server: string, majorVersion?: number): Promise<string> {
  const before = recordOf(data);
  const redis = await run(data, server, majorVersion);
  expect(await redis.exited).toBe(78);
  expect(recordOf(data)).toBe(before);
  return redis.log();
}

function recordOf({ path }: Volume): string {
  return readFileSync(join(path, ".server-version"), "utf8");
}

describe("data that a server has written", () => {
  it("are served by the same version and by later minor ones", async () => {
    await using data = await volume();
    await write(data, "Redis server v=8.0.4");
    await write(data, "Redis server v=8.0.2");
    await write(data, "Redis server v=8.10.0");
    expect(recordOf(data)).toBe("Redis 8 10\n");
  });

  it("are refused to an earlier version, which might not read them", async () => {
    await using data = await volume();
    await write(data, "Redis server v=8.10.0");
    const said = "may not read what Redis 8.10 wrote: run Redis 8.10, restore a backup, or remove";
    expect(await refused(data, "Redis server v=8.9.1")).toContain(`Redis 8.9 ${said}`);
    expect(await refused(data, "Redis server v=7.4.0", 7)).toContain(`Redis 7.4 ${said}`);
  });

  it("are moved on to a later major version only when that is named", async () => {
    await using data = await volume();
    await write(data, "Redis server v=8.0.4");
    expect(await refused(data, "Redis server v=9.0.1")).toContain(
      "Redis 9.0 would move the data of Redis 8.0 on for good: " +
        "back up, then set redis.majorVersion: 9",
    );
    await write(data, "Redis server v=9.0.1", 9);
    expect(recordOf(data)).toBe("Redis 9 0\n");
    await refused(data, "Redis server v=8.0.4");
  });

  it("are refused to another server than the one that wrote them", async () => {
    await using data = await volume();
    await write(data, "Redis server v=8.0.4");
    expect(await refused(data, "Valkey server v=8.1.0")).toContain(
      "Valkey 8.1 may not read what Redis 8.0 wrote",
    );
  });
});

describe("a folder that says nothing of a version", () => {
  it("is taken by any: it is new", async () => {
    await using data = await volume();
    await write(data, "Valkey server v=9.0.1");
    expect(recordOf(data)).toBe("Valkey 9 0\n");
  });

  it("is taken by any: a host went down while it was written", async () => {
    await using data = await volume();
    writeFileSync(join(data.path, ".server-version"), "");
    await write(data, "Redis server v=8.0.4");
    expect(recordOf(data)).toBe("Redis 8 0\n");
  });
});
