import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { findRedisServer } from "../../../harness/ecs/programs/find-redis.ts";
import { redisHealthCheck } from "../../../stacks/redis/redis-health-check.ts";
import { redisRestartPolicy } from "../../../stacks/redis/redis-restarts.ts";
import { resetVersion } from "../../../stacks/redis/redis-version-guard.ts";
import { until, volume, type LocalContainer, type Volume } from "../support/local-container.ts";
import { container, devWith, variablesOf } from "../support/template.ts";

beforeAll(async () => {
  await findRedisServer();
}, 360_000);

/** Runs the synthesized command with the real server, which reports another version. */
function run(data: Volume, server: string, majorVersion = 8): Promise<LocalContainer> {
  const template = devWith({ redis: { image: `redis:${majorVersion}`, majorVersion } });
  const says = `[ "$1" = --version ] && echo "${server} sha=00000000:0 bits=64" && exit`;
  const redis = container(template, "redis");
  const options = { before: { "redis-server": says }, variables: variablesOf(redis) };
  return data.run(redis.command ?? [], options);
}

/** Runs it until its health check passes, then stops it. */
async function write(data: Volume, server: string, majorVersion?: number): Promise<LocalContainer> {
  const redis = await run(data, server, majorVersion);
  await until(redis.isReady);
  expect(await redis.shell(redisHealthCheck())).toBe(0);
  redis.process.kill("SIGTERM");
  expect(await redis.exited).toBe(0);
  return redis;
}

/** Runs it, expects it to exit before the server starts, and returns its output. */
async function refused(data: Volume, server: string, majorVersion?: number): Promise<string> {
  const before = recordOf(data);
  const redis = await run(data, server, majorVersion);
  expect(await redis.exited).toBe(78);
  expect(recordOf(data)).toBe(before);
  return redis.log();
}

const fileOf = ({ path }: Volume): string => join(path, ".server-version");

const recordOf = (data: Volume): string | undefined =>
  existsSync(fileOf(data)) ? readFileSync(fileOf(data), "utf8") : undefined;

describe("data of a server", () => {
  it("can be used by the same and later minor versions", async () => {
    await using data = await volume();
    await write(data, "Redis server v=8.0.4");
    await write(data, "Redis server v=8.0.2");
    await write(data, "Redis server v=8.10.0");
    expect(recordOf(data)).toBe("Redis 8 10\n");
  });

  it("cannot be used by an earlier version", async () => {
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
        "back up, then set the major version to 9: redis.majorVersion",
    );
    await write(data, "Redis server v=9.0.1", 9);
    expect(recordOf(data)).toBe("Redis 9 0\n");
    await refused(data, "Redis server v=8.0.4");
  });

  it("cannot be used by another kind of server", async () => {
    await using data = await volume();
    await write(data, "Redis server v=8.0.4");
    expect(await refused(data, "Valkey server v=8.1.0")).toContain(
      "Valkey 8.1 may not read what Redis 8.0 wrote",
    );
  });

  it("cannot be used by a server with an unknown version", async () => {
    await using data = await volume();
    expect(await refused(data, "Redis of my own")).toContain(
      'no version of this server is known: redis-server --version says "Redis of my own',
    );
  });
});

describe("the version record", () => {
  it("is written after the server has replied, so that a version that cannot start locks out no other", async () => {
    await using data = await volume();
    await write(data, "Redis server v=8.0.4");
    const loading = await run(data, "Redis server v=8.2.0");
    await until(loading.answers);
    expect(recordOf(data)).toBe("Redis 8 0\n");
    loading.process.kill("SIGKILL");
    await loading.exited;
    await write(data, "Redis server v=8.0.4");
    expect(recordOf(data)).toBe("Redis 8 0\n");
  });

  it("is not written while the server loads", async () => {
    await using data = await volume();
    const redis = await run(data, "Redis server v=8.0.4");
    await until(redis.isReady);
    const loading = redisHealthCheck().replace("redis-cli ping", "echo LOADING Redis is loading");
    expect(await redis.shell(loading)).toBe(0);
    expect(recordOf(data)).toBeUndefined();
    expect(await redis.shell(redisHealthCheck())).toBe(0);
    expect(recordOf(data)).toBe("Redis 8 0\n");
  });

  it("that is invalid protects the data until it is removed", async () => {
    await using data = await volume();
    await write(data, "Redis server v=8.0.4");
    for (const text of ["", "Redis 8", "Redis 8 0\nRedis 8 2\n", "Redis 8 x\n"]) {
      writeFileSync(fileOf(data), text);
      expect(await refused(data, "Redis server v=8.0.4"), text).toContain(
        ".server-version does not say which server wrote the data: docs/operations.md tells",
      );
      const reset = await data.run(resetVersion("/data"));
      expect(await reset.exited, text).toBe(0);
      expect(recordOf(data), text).toBeUndefined();
    }
    await write(data, "Redis server v=8.0.4");
    expect(recordOf(data)).toBe("Redis 8 0\n");
  });

  it("that is unreadable protects the data too", async () => {
    await using data = await volume();
    // A folder, because root can read every file.
    mkdirSync(fileOf(data));
    const redis = await run(data, "Redis server v=8.0.4");
    expect(await redis.exited).toBe(78);
    expect(redis.log()).toContain("does not say which server wrote the data");
    chmodSync(fileOf(data), 0o755);
  });

  it("is not removed while a server runs", async () => {
    await using data = await volume();
    const redis = await run(data, "Redis server v=8.0.4");
    await until(redis.answers);
    const impatient = resetVersion("/data").map((word) => (word === "30" ? "0" : word));
    const reset = await data.run(impatient);
    expect(await reset.exited).toBe(1);
    expect(await redis.answers()).toBe(true);
  });

  it("is not removed late, because the task exits before it would be restarted", () => {
    const command = resetVersion("/data");
    const wait = Number(command[command.indexOf("-w") + 1]);
    expect(wait).toBeGreaterThan(0);
    // Some seconds for the start of the container.
    expect(wait + 10).toBeLessThan(redisRestartPolicy.restartAttemptPeriod);
  });
});

describe("a folder without a version record", () => {
  it("can be used by any version if it is new", async () => {
    await using data = await volume();
    await write(data, "Valkey server v=9.0.1");
    expect(recordOf(data)).toBe("Valkey 9 0\n");
  });

  it("can be used with data of an older setup", async () => {
    await using data = await volume();
    await write(data, "Redis server v=8.0.4");
    rmSync(fileOf(data));
    const redis = await write(data, "Redis server v=7.4.0");
    expect(redis.log()).toMatch(/Redis 7\.4 takes over data without .*\.server-version/);
    expect(recordOf(data)).toBe("Redis 7 4\n");
  });

  it("cannot be used with data by a later major version than the configured one", async () => {
    await using data = await volume();
    await write(data, "Redis server v=8.0.4");
    rmSync(fileOf(data));
    expect(await refused(data, "Redis server v=9.0.1")).toContain(
      "Redis 9.0 may move data of an unknown version on for good: " +
        "back up, then set the major version to 9: redis.majorVersion",
    );
  });
});
