import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { backupCopyScript } from "../../../../stacks/redis/redis-container.ts";
import { type LocalContainer, until, type Volume, volume } from "../../support/local-container.ts";
import { container, devWith } from "../../support/template.ts";

// Runs the synthesized command with a real Redis.
const command = container(devWith(), "redis").command ?? [];
const manifest = "appendonlydir/appendonly.aof.manifest";

async function started(data: Volume): Promise<LocalContainer> {
  const server = await data.run(command);
  await until(server.answers);
  await until(async () => (await server.send("SET ready 1")).includes("+OK\r\n+OK"));
  return server;
}

/** Makes a copy, as the scheduled task does. @returns its folder or undefined, its output and exit code */
async function copied(
  data: Volume,
): Promise<{ folder?: string; said: string; code: number | null }> {
  const task = await data.run(["sh", "-c", backupCopyScript]);
  const code = await task.exited;
  const name = /^backup-\w+/.exec(task.log())?.[0];
  return { ...(name && { folder: join(data.path, name) }), said: task.log(), code };
}

async function rewritten(server: LocalContainer): Promise<void> {
  await server.send("BGREWRITEAOF");
  await until(async () => {
    const info = await server.send("INFO persistence");
    return /aof_rewrite_in_progress:0/.test(info) && /aof_rewrite_scheduled:0/.test(info);
  });
}

/** The value of a key in a Redis that starts with a restored folder. */
async function restored(from: string, key: string): Promise<string> {
  await using data = await volume();
  cpSync(from, data.path, { recursive: true });
  const server = await data.run(command);
  await until(
    async () => !(await server.send("PING").catch(() => "-LOADING")).includes("-LOADING"),
  );
  return await server.send(`GET ${key}`);
}

/** A backup that reads the manifest first, and the other files after `meanwhile`. */
async function skewed(folder: string, to: string, meanwhile: () => Promise<void>): Promise<void> {
  mkdirSync(join(to, "appendonlydir"), { recursive: true });
  cpSync(join(folder, manifest), join(to, manifest));
  await meanwhile();
  for (const name of readdirSync(join(folder, "appendonlydir"))) {
    if (name.endsWith(".manifest")) continue;
    cpSync(join(folder, "appendonlydir", name), join(to, "appendonlydir", name));
  }
}

describe("the copy for a backup", () => {
  it("is whole in a backup that reads it while Redis writes and rewrites; the live folder is not", async () => {
    await using data = await volume();
    await using backups = await volume();
    const server = await started(data);
    await server.send("SET first here");
    const { folder = "", said, code } = await copied(data);
    expect(code, said).toBe(0);
    expect(said).toMatch(/^backup-\d{8}T\d{6}Z: 3 files\n$/);
    // Commands appended before the next rewrite are in the copy too.
    await server.send("SET second here");
    const rewrite = async (): Promise<void> => {
      await rewritten(server);
      await server.send("SET third here");
      await rewritten(server);
    };
    const [live, copy] = [join(backups.path, "live"), join(backups.path, "copy")];
    await skewed(folder, copy, async () => skewed(data.path, live, rewrite));

    expect(await restored(copy, "first")).toContain("here");
    expect(await restored(copy, "second")).toContain("here");
    // The manifest in the live folder names files that no longer exist.
    const named = readFileSync(join(live, manifest), "utf8").matchAll(/^file (\S+)/gm);
    const missing = [...named].filter(
      ([, name = ""]) => !existsSync(join(live, "appendonlydir", name)),
    );
    expect(missing.length).toBeGreaterThan(0);
  });

  it("can be made while Redis rewrites repeatedly", async () => {
    await using data = await volume();
    const server = await started(data);
    const over = new AbortController();
    const rewriting = (async () => {
      while (!over.signal.aborted) await rewritten(server);
    })();
    try {
      for (const _ of [1, 2, 3]) {
        const { folder = "", said } = await copied(data);
        expect(await restored(folder, "ready"), said).toContain("$1\r\n1\r\n");
      }
    } finally {
      over.abort();
      await rewriting;
    }
  });

  it("does not include the lock", async () => {
    await using data = await volume();
    await started(data);
    const { folder = "" } = await copied(data);
    expect(readdirSync(folder)).toEqual(["appendonlydir"]);
  });

  it("keeps two copies and removes those made before, whatever their names say", async () => {
    await using data = await volume();
    await started(data);
    // A host whose clock was ahead made the first.
    const names = ["20990101T000000Z", "20200101T010000Z", "20200101T020000Z"];
    for (const [index, time] of names.entries()) {
      const folder = join(data.path, `backup-${time}`);
      mkdirSync(folder);
      utimesSync(folder, index, index);
    }
    const { folder = "" } = await copied(data);
    const copies = readdirSync(data.path).filter((name) => name.includes("backup"));
    expect(copies.toSorted()).toEqual(["backup-20200101T020000Z", basename(folder)]);
  });

  it("keeps folders that people made, which do not count as copies", async () => {
    await using data = await volume();
    const server = await started(data);
    const theirs = ["backup-old", "backup-pre-upgrade", "backup-20200101T010000Z-mine"];
    for (const name of theirs) mkdirSync(join(data.path, name));
    const made = [];
    for (const _ of [1, 2]) {
      const { folder = "", said, code } = await copied(data);
      expect([code, said]).toEqual([0, expect.stringContaining(": 3 files\n")]);
      made.push(basename(folder));
      await rewritten(server);
    }
    const folders = readdirSync(data.path).filter((name) => name.startsWith("backup-"));
    expect(folders.toSorted()).toEqual([...theirs, ...made].toSorted());
  });

  it("is not made again without a rewrite, so those from before a damage stay", async () => {
    await using data = await volume();
    const server = await started(data);
    const before = await copied(data);
    expect(await copied(data)).toMatchObject({
      folder: before.folder,
      said: `${basename(before.folder ?? "")} has the same files\n`,
      code: 0,
    });
    await rewritten(server);
    server.process.kill("SIGKILL");
    await server.exited;
    const [base = ""] = readdirSync(join(data.path, "appendonlydir")).filter((name) =>
      name.endsWith(".base.rdb"),
    );
    writeFileSync(join(data.path, "appendonlydir", base), "damaged");
    for (const _ of ["an hour", "two hours"]) expect(await copied(data)).toMatchObject({ code: 0 });
    expect(await restored(before.folder ?? "", "ready")).toContain("$1\r\n1\r\n");
  });

  it("fails if the manifest names no file, and pushes out none", async () => {
    await using data = await volume();
    const server = await started(data);
    const { folder = "" } = await copied(data);
    server.process.kill("SIGKILL");
    await server.exited;
    for (const text of ["", "\0".repeat(88)]) {
      writeFileSync(join(data.path, manifest), text);
      expect(await copied(data)).toEqual({
        said: `${manifest} names no file, and nothing is copied\n`,
        code: 1,
      });
    }
    expect(readdirSync(data.path).filter((name) => name.startsWith("backup-"))).toEqual([
      basename(folder),
    ]);
  });

  it("of a single file is not made again either", async () => {
    await using data = await volume();
    writeFileSync(join(data.path, "appendonly.aof"), "");
    await copied(data);
    expect(await copied(data)).toMatchObject({
      said: expect.stringMatching(/ has the same files\n$/),
    });
  });

  it("fails while another one is being made", async () => {
    await using data = await volume();
    await started(data);
    const other = await data.run([
      "sh",
      "-c",
      "exec 9<>/data/.copy.lock && flock 9 && echo locked && exec tail -f /dev/null",
    ]);
    await until(async () => other.log().includes("locked"));
    expect(await copied(data)).toEqual({ said: "another copy is being made\n", code: 1 });
    expect(readdirSync(data.path).filter((name) => name.startsWith("backup-"))).toEqual([]);
    other.process.kill("SIGKILL");
    await other.exited;
    expect(await copied(data)).toMatchObject({ code: 0 });
  });

  it("does nothing before the first write of Redis", async () => {
    await using data = await volume();
    const { said, code } = await copied(data);
    expect([code, said]).toMatchObject([0, expect.stringContaining("no append-only file yet\n")]);
  });

  it("fails if Redis has started over an hour ago and there is no append-only file", async () => {
    await using data = await volume();
    const server = await started(data);
    server.process.kill("SIGTERM");
    await server.exited;
    renameSync(join(data.path, "appendonlydir"), join(data.path, "other"));
    expect(await copied(data)).toMatchObject({ code: 0 });
    const overAnHourAgo = Date.now() / 1_000 - 3_700;
    utimesSync(join(data.path, ".writer.lock"), overAnHourAgo, overAnHourAgo);
    expect(await copied(data)).toEqual({
      said: "there is no append-only file, and nothing to copy\n",
      code: 1,
    });
  });

  it("has the single file of Redis 6, which any later version loads", async () => {
    await using data = await volume();
    const commands = "*3\r\n$3\r\nSET\r\n$5\r\nfirst\r\n$4\r\nhere\r\n";
    writeFileSync(join(data.path, "appendonly.aof"), commands);
    const { folder = "", said } = await copied(data);
    expect(said).toMatch(/^backup-\d{8}T\d{6}Z: 1 files\n$/);
    // A rewrite of Redis 6 replaces the file.
    renameSync(join(data.path, "appendonly.aof"), join(data.path, "replaced"));
    writeFileSync(join(data.path, "appendonly.aof"), "");
    expect(await restored(folder, "first")).toContain("here");
  });
});
