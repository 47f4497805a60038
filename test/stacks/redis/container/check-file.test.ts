import { readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { findRedisServer } from "../../../../harness/ecs/programs/find-redis.ts";
import { checkFileScript } from "../../../../stacks/redis/redis-container.ts";
import { type Volume, until, volume } from "../../support/local-container.ts";
import { container, devWith } from "../../support/template.ts";

// Runs the scripts with a real Redis.
const command = container(devWith(), "redis").command ?? [];
const [, healthCheck = ""] = container(devWith(), "redis").healthCheck?.command ?? [];
const FILES = "appendonlydir";
const LAST = join(FILES, "appendonly.aof.1.incr.aof");

beforeAll(async () => {
  await findRedisServer();
}, 360_000);

async function checked(data: Volume): Promise<{ said: string; code: number | null }> {
  const task = await data.run(["sh", "-c", checkFileScript]);
  return { code: await task.exited, said: task.log() };
}

/** Redis writes five keys, and ends. */
async function written(data: Volume): Promise<void> {
  const server = await data.run(command);
  await until(server.isReady);
  await server.send(
    "CONFIG SET appendfsync always",
    ...["a", "b", "c", "d", "e"].map((key) => `SET ${key} ${key.repeat(1_000)}`),
  );
  server.process.kill("SIGTERM");
  await server.exited;
}

/** Overwrites some bytes in the middle of the last file. */
function damage({ path }: Volume, file: string): void {
  const bytes = readFileSync(join(path, file));
  bytes.fill("?", bytes.indexOf("c".repeat(1_000)) - 20, bytes.indexOf("c".repeat(1_000)) - 10);
  writeFileSync(join(path, file), bytes);
}

const copies = ({ path }: Volume): string[] =>
  readdirSync(path).filter((name) => name.startsWith("damaged-"));

describe("the check of the append-only file", () => {
  it("repairs a file on which Redis does not start, and keeps it as it was", async () => {
    await using data = await volume();
    await written(data);
    damage(data, LAST);
    const damaged = readFileSync(join(data.path, LAST));
    const refused = await data.run(command);
    expect(await refused.exited).toBe(1);

    const { said, code } = await checked(data);
    expect([code, said]).toEqual([0, expect.stringContaining("is whole again")]);
    const [copy = ""] = copies(data);
    expect(said).toContain(`${copy} has the files as they were`);
    const [, left, all] = /again: (\d+) of (\d+) bytes are left/.exec(said) ?? [];
    expect(Number(all) - Number(left)).toBeGreaterThan(3_000);
    expect(readFileSync(join(data.path, copy, LAST))).toEqual(damaged);
    const server = await data.run(command);
    await until(server.isReady);
    expect(await server.send("EXISTS a b", "EXISTS c d e")).toContain(":2\r\n:0");
  });

  it("changes nothing if the file is whole", async () => {
    await using data = await volume();
    await written(data);
    const before = readFileSync(join(data.path, LAST));
    expect(await checked(data)).toMatchObject({
      code: 0,
      said: expect.stringContaining("is whole: nothing was changed"),
    });
    expect(readFileSync(join(data.path, LAST))).toEqual(before);
    expect(copies(data)).toEqual([]);
  });

  it("does not touch the file while Redis runs", async () => {
    await using data = await volume();
    await written(data);
    const server = await data.run(command);
    await until(server.isReady);
    damage(data, LAST);
    const damaged = readFileSync(join(data.path, LAST));
    expect(await checked(data)).toEqual({
      code: 75,
      said: "a task has the lock of the data: stop Redis first\n",
    });
    expect(readFileSync(join(data.path, LAST))).toEqual(damaged);
  });

  it("ends a server that has lost the lock and runs on: its health check finds another name", async () => {
    await using data = await volume();
    await written(data);
    const server = await data.run(command);
    await until(server.isReady);
    // What a lease that has ended does: the next task gets a lock of its own.
    rmSync(join(data.path, ".writer.lock"));
    expect(await checked(data)).toMatchObject({ code: 0 });
    expect(await server.shell(healthCheck)).toBe(1);
    expect(await server.exited).toBe(0);
  });

  it("says so if a file cannot be repaired, or is missing", async () => {
    await using data = await volume();
    await written(data);
    truncateSync(join(data.path, FILES, "appendonly.aof.1.base.rdb"), 20);
    expect(await checked(data)).toMatchObject({
      code: 78,
      said: expect.stringContaining("cannot be repaired: restore a copy"),
    });
    expect(copies(data)).toHaveLength(1);
    for (const text of ["", "\n", "\0".repeat(88)]) {
      writeFileSync(join(data.path, FILES, "appendonly.aof.manifest"), text);
      expect(await checked(data)).toEqual({
        code: 78,
        said: "appendonly.aof.manifest names no file: restore a copy\n",
      });
    }
    rmSync(join(data.path, FILES), { recursive: true });
    expect(await checked(data)).toEqual({
      code: 78,
      said: "there is no append-only file to check\n",
    });
  });

  it("has no single quote, because the command that starts it is in quotes", () => {
    expect(checkFileScript).not.toContain("'");
  });
});
