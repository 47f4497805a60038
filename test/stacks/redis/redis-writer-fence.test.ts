import { copyFileSync, existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { constants } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { findRedisServer } from "../../../harness/ecs/programs/find-redis.ts";
import { redisHealthCheck } from "../../../stacks/redis/redis-health-check.ts";
import { endedByFence } from "../../../stacks/redis/redis-writer-fence.ts";
import { until, volume, type LocalContainer, type Volume } from "../support/local-container.ts";
import { container, devWith } from "../support/template.ts";

const command = container(devWith(), "redis").command ?? [];
const check = redisHealthCheck();

beforeAll(async () => {
  await findRedisServer();
}, 360_000);

async function started(data: Volume): Promise<LocalContainer> {
  const redis = await data.run(command);
  await until(redis.isReady);
  return redis;
}

/** Simulates that the file system releases the lock: the next server locks another file with the same name. */
function dropLock({ path }: Volume): void {
  const lock = join(path, ".writer.lock");
  copyFileSync(lock, `${lock}.new`);
  renameSync(`${lock}.new`, lock);
}

const markOf = ({ path }: Volume): string => join(path, ".writer.rewrite");

async function rewritten(redis: LocalContainer, data: Volume): Promise<void> {
  await until(async () => (await redis.shell(check)) === 0 && !existsSync(markOf(data)));
}

describe("a server that has lost the writer lock", () => {
  it("is ended by its next health check even if it is stopped, and the new writer continues", async () => {
    await using data = await volume();
    const first = await started(data);
    expect(await first.shell(check)).toBe(0);
    await first.send("SET a 1");
    first.process.kill("SIGSTOP");
    dropLock(data);
    const second = await started(data);
    expect(await second.shell(check)).toBe(0);
    expect(await second.send("SET b 2")).toContain("+OK\r\n+OK");

    expect(await first.shell(check)).toBe(1);
    expect(await first.exited).toBe(null);
    expect(first.process.signalCode).toBe("SIGKILL");
    expect(await second.shell(check)).toBe(0);
  });

  it("is ended even if it handles SIGPROF", async () => {
    await using data = await volume();
    const first = await data.run(command, { before: { "redis-server": "trap '' PROF" } });
    await until(first.isReady);
    dropLock(data);
    await started(data);
    expect(await first.shell(check)).toBe(1);
    expect(await first.exited).toBe(null);
    expect(first.process.signalCode).toBe("SIGKILL");
  });

  it("sets the mark before it is ended, because the check may end with the container", async () => {
    await using data = await volume();
    const order = join(data.path, "order");
    // Records after each rename of the mark whether the server is alive.
    const mv = [
      "PATH=${PATH#*:}",
      'mv "$@"',
      `kill -0 "$(sed -n 2p "$TMPDIR/redis-notes/token")" && echo "$1" >>${order}`,
      "exit 0",
    ].join("\n");
    const first = await data.run(command, { before: { mv } });
    await until(first.isReady);
    dropLock(data);
    await started(data);
    expect(await first.shell(check)).toBe(1);
    await first.exited;
    expect(readFileSync(order, "utf8").split("\n")).toContain(`${markOf(data)}.new`);
    expect(readFileSync(markOf(data), "utf8")).toMatch(/^rewrite: \d+\n$/);
  });

  it("loses no acknowledged write of the new writer, which rewrites the file", async () => {
    await using data = await volume();
    const first = await started(data);
    await first.send("SET shared before");
    first.process.kill("SIGSTOP");
    dropLock(data);
    const second = await started(data);
    await second.send("SET shared second", "SET own second");
    // The host responds again, and a client still writes to the old server.
    first.process.kill("SIGCONT");
    expect(await first.send("SET shared first", "SET stray first")).toContain("+OK\r\n+OK");
    await second.send("SET later second");
    expect(await first.shell(check)).toBe(1);
    await first.exited;
    // In a container this is exit code 155, which the restart policy excludes.
    expect(first.process.signalCode).toBe("SIGPROF");
    expect(endedByFence).toBe(128 + constants.signals.SIGPROF);
    await rewritten(second, data);

    second.process.kill("SIGKILL");
    await second.exited;
    const third = await started(data);
    expect(await third.send("MGET shared own later stray")).toContain(
      "*4\r\n$6\r\nsecond\r\n$6\r\nsecond\r\n$6\r\nsecond\r\n$-1",
    );
  });

  it("would overwrite data of the new writer without a rewrite", async () => {
    await using data = await volume();
    const first = await started(data);
    first.process.kill("SIGSTOP");
    dropLock(data);
    const second = await started(data);
    await second.send("SET shared second");
    first.process.kill("SIGCONT");
    // With everysec, the kill could discard the write.
    await first.send("CONFIG SET appendfsync always", "SET shared first");
    for (const { process: server, exited } of [first, second]) {
      server.kill("SIGKILL");
      await exited;
    }
    const third = await started(data);
    expect(await third.send("GET shared")).toContain("first");
  });
});

describe("a token", () => {
  it.each([
    ["is empty", ""],
    ["is half written", "another-container 1b4e28ba-2fa1"],
  ])("that %s does not end the server", async (_, text) => {
    await using data = await volume();
    const redis = await started(data);
    writeFileSync(join(data.path, ".writer.token"), text);
    expect(await redis.shell(check)).toBe(0);
    expect(await redis.answers()).toBe(true);
  });

  it("that cannot be read in time does not end the server", async () => {
    await using data = await volume();
    const redis = await started(data);
    const hangs = "timeout() { return 137; }";
    expect(await redis.shell(`${hangs}\n${check}`)).toBe(0);
    expect(await redis.answers()).toBe(true);
  });

  it("belongs to the server that has the lock", async () => {
    await using data = await volume();
    const token = () => readFileSync(join(data.path, ".writer.token"), "utf8");
    const first = await started(data);
    const written = token();
    expect(written).toMatch(/^\S+ [0-9a-f-]{36}\n$/);
    const second = await data.run(command);
    expect(await first.shell(check)).toBe(0);
    expect(token()).toBe(written);
    // A container that waits for the lock has no server to end.
    expect(await second.shell(check)).toBe(1);
    first.process.kill("SIGTERM");
    await first.exited;
    await until(second.isReady);
    expect(token()).not.toBe(written);
    expect(await second.shell(check)).toBe(0);
  });
});

describe("the mark of a file that two servers have written", () => {
  it("remains after a rewrite that began before it was set", async () => {
    await using data = await volume();
    const redis = await started(data);
    // Starts the rewrite after a takeover.
    expect(await redis.shell(check)).toBe(0);
    await until(async () =>
      (await redis.send("INFO persistence")).includes("aof_rewrite_in_progress:0"),
    );
    writeFileSync(markOf(data), "rewrite: of an old server\n");
    expect(await redis.shell(check)).toBe(0);
    expect(existsSync(markOf(data))).toBe(true);
    await rewritten(redis, data);
    expect(await redis.send("INFO persistence")).toMatch(/aof_rewrites:2\r/);
  });
});

describe("a server that takes a folder over from another container", () => {
  it("rewrites the append-only file, once", async () => {
    await using data = await volume();
    const first = await started(data);
    await first.send("SET a 1");
    first.process.kill("SIGTERM");
    await first.exited;
    const second = await started(data);
    expect(existsSync(markOf(data))).toBe(true);
    await rewritten(second, data);
    expect(await second.shell(check)).toBe(0);
    expect(existsSync(markOf(data))).toBe(false);
    expect(await second.send("INFO persistence")).toMatch(/aof_rewrites:1\r/);
  });
});
