import { once } from "node:events";
import {
  copyFileSync,
  readFileSync,
  renameSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { findRedisServer } from "../../../../harness/ecs/programs/find-redis.ts";
import {
  type LocalContainer,
  type Volume,
  exchange,
  until,
  volume,
} from "../../support/local-container.ts";
import { container, devWith } from "../../support/template.ts";

// These tests run the synthesized command and health check with a real Redis.
const redis = container(devWith(), "redis");
const command = redis.command ?? [];
const [, healthCheck = ""] = redis.healthCheck?.command ?? [];

beforeAll(async () => {
  await findRedisServer();
}, 360_000);

async function started(data: Volume): Promise<LocalContainer> {
  const server = await data.run(command);
  await until(server.isReady);
  return server;
}

/** Runs `check` while a client is connected that has sent these commands. */
async function withClient(
  server: LocalContainer,
  commands: string,
  check: () => Promise<void>,
): Promise<void> {
  const client = connect(server.port, "127.0.0.1").on("error", () => {});
  try {
    client.write(commands);
    await once(client, "connect");
    await check();
  } finally {
    client.destroy();
  }
}

/** Simulates that the file system releases the lock: the next server locks another file with the same name. */
function dropLock({ path }: Volume): void {
  const lock = join(path, ".writer.lock");
  copyFileSync(lock, `${lock}.new`);
  renameSync(`${lock}.new`, lock);
}

/** Sets the time since which the server is ready to so many seconds ago. */
function readySince({ path }: Volume, seconds: number): void {
  const time = Date.now() / 1_000 - seconds;
  utimesSync(join(path, ".writer"), time, time);
}

/** Runs the health check until the server has rewritten its file. */
async function rewritten(data: Volume, server: LocalContainer): Promise<void> {
  readySince(data, 61);
  expect(await server.shell(healthCheck)).toBe(0);
  await until(async () =>
    /aof_last_rewrite_time_sec:\d/.test(await server.send("INFO persistence")),
  );
}

describe("the health check of the Redis container", () => {
  it("passes when the server is ready", async () => {
    await using data = await volume();
    const server = await data.run(command);
    await until(server.answers);
    expect(await server.shell(healthCheck)).toBe(0);
  });

  it("fails with a wrong password, although the server answers", async () => {
    await using data = await volume();
    const server = await data.run(command);
    await until(server.answers);
    expect(await server.shell(healthCheck, "wrong")).not.toBe(0);
  });

  it("fails when nothing listens", async () => {
    await using data = await volume();
    const server = await data.run(["true"]);
    await server.exited;
    expect(await server.shell(healthCheck)).not.toBe(0);
  });

  it("passes when no client can connect", async () => {
    await using data = await volume();
    const server = await started(data);
    await server.send("CONFIG SET maxclients 1");
    await withClient(server, "AUTH secret\r\n", async () => {
      await until(async () => (await exchange(server.port, [])).includes("-ERR max number"));
      for (const _ of Array.from({ length: 5 })) expect(await server.shell(healthCheck)).toBe(0);
    });
  });

  it("passes when the server cannot write its file, and refuses writes", async () => {
    await using data = await volume();
    // In blocks of 512 bytes, like a full disk. The signal would end the server.
    const full = { "redis-server": `trap "" XFSZ; ulimit -f 64` };
    const server = await data.run(command, { before: full });
    await until(server.isReady);
    await server.send(`EVAL "for i = 1, 2000 do redis.call('SET', i, '${"x".repeat(40)}') end" 0`);
    await until(async () => (await server.send("PING")).includes("-MISCONF"));
    expect(await server.send("INFO persistence")).toContain("aof_last_write_status:err");
    expect(await server.shell(healthCheck)).toBe(0);
  });

  it("passes while the server runs a long script", async () => {
    await using data = await volume();
    const server = await started(data);
    await server.send("CONFIG SET lua-time-limit 10");
    await withClient(server, 'AUTH secret\r\nEVAL "while true do end" 0\r\n', async () => {
      await until(async () => (await server.send("PING")).includes("-BUSY"));
      expect(await server.shell(healthCheck)).toBe(0);
    });
  });

  it("fails when the server does not reply, and leaves no redis-cli", async () => {
    await using data = await volume();
    const server = await started(data);
    server.process.kill("SIGSTOP");
    const short = healthCheck.replace("-s KILL 60", "-s KILL 1");
    expect(short).not.toBe(healthCheck);
    expect(await server.shell(short)).not.toBe(0);
    const clis = await server.shell(`pgrep -f "[r]edis-cli -h 127.0.0.1 -p ${server.port} "`);
    expect(clis).toBe(1);
  });

  it("passes while the server loads its data", async () => {
    await using data = await volume();
    const server = await data.run(command);
    await until(server.answers);
    await server.send(
      `EVAL "for i = 1, 20000 do redis.call('SET', i, i) end" 0`,
      // Into one file, which is read in steps of 1 KiB below.
      "BGREWRITEAOF",
    );
    await until(async () => (await server.send("INFO")).includes("aof_rewrite_in_progress:0"));
    server.process.kill("SIGTERM");
    await server.exited;

    // A millisecond per key, and events are processed every KiB: 20 s in total.
    const slowly = "--key-load-delay 1000 --loading-process-events-interval-bytes 1024";
    const slow = command.map((word) => word.replace("$entrypoint redis-server", `$& ${slowly}`));
    expect(slow).not.toEqual(command);
    const loading = await data.run(slow);
    await until(loading.answers);
    expect(await loading.send("PING")).toContain("-LOADING");
    readySince(data, 61);
    expect(await loading.shell(healthCheck)).toBe(0);
    expect(await loading.send("PING")).toContain("-LOADING");
    // The minute before a rewrite has not begun.
    expect(Date.now() - statSync(join(data.path, ".writer")).mtimeMs).toBeLessThan(60_000);
  });
});

describe("a server that has lost the writer lock", () => {
  it("ends at its next health check, and the new writer continues", async () => {
    await using data = await volume();
    const first = await started(data);
    expect(await first.shell(healthCheck)).toBe(0);
    dropLock(data);
    const second = await started(data);
    expect(await second.shell(healthCheck)).toBe(0);
    expect(await second.send("SET b 2")).toContain("+OK\r\n+OK");

    expect(await first.shell(healthCheck)).toBe(1);
    expect(await first.exited).toBe(0);
    expect(first.log()).toContain("another task writes /data");
    expect(await second.shell(healthCheck)).toBe(0);
  });

  it.each(["before", "after"])(
    "loses no acknowledged write of the new writer, which rewrites the file %s the old one writes",
    async (when) => {
      await using data = await volume();
      const first = await started(data);
      await first.send("SET shared before");
      first.process.kill("SIGSTOP");
      dropLock(data);
      const second = await started(data);
      await second.send("SET shared second", "SET own second");
      if (when === "before") await rewritten(data, second);
      // The host responds again, and a client still writes to the old server.
      first.process.kill("SIGCONT");
      expect(await first.send("SET shared first", "SET stray first")).toContain("+OK\r\n+OK");
      expect(await first.shell(healthCheck)).toBe(1);
      await first.exited;
      if (when === "after") await rewritten(data, second);
      await second.send("CONFIG SET appendfsync always", "SET later second");

      second.process.kill("SIGKILL");
      await second.exited;
      const third = await started(data);
      expect(await third.send("MGET shared own later stray")).toContain(
        "*4\r\n$6\r\nsecond\r\n$6\r\nsecond\r\n$6\r\nsecond\r\n$-1",
      );
    },
  );

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

describe("the name of the writer", () => {
  it("that is empty does not end the server", async () => {
    await using data = await volume();
    const server = await started(data);
    writeFileSync(join(data.path, ".writer"), "");
    expect(await server.shell(healthCheck)).toBe(0);
    expect(await server.answers()).toBe(true);
  });

  it("that cannot be read in time does not end the server", async () => {
    await using data = await volume();
    const server = await started(data);
    writeFileSync(join(data.path, ".writer"), "another");
    readySince(data, 61);
    const hangs = 'timeout() { [ "$4" != cat ] && command timeout "$@"; }';
    expect(await server.shell(`${hangs}\n${healthCheck}`)).toBe(0);
    expect(await server.answers()).toBe(true);
    // Perhaps another server has the lock: a rewrite would replace that one's file.
    expect(await server.send("INFO persistence")).toContain("aof_last_rewrite_time_sec:-1");
  });

  it("is that of the container that has the lock", async () => {
    await using data = await volume();
    const writer = () => readFileSync(join(data.path, ".writer"), "utf8");
    const first = await started(data);
    const written = writer();
    expect(written).toMatch(/^\S+\n$/);
    const second = await data.run(command);
    expect(await first.shell(healthCheck)).toBe(0);
    expect(writer()).toBe(written);
    // A container that waits for the lock has no server to end, and reports no other writer.
    expect(await second.shell(healthCheck)).toBe(1);
    expect(second.log()).toBe("");
    expect(await first.answers()).toBe(true);
    first.process.kill("SIGTERM");
    await first.exited;
    await until(second.isReady);
    expect(writer()).not.toBe(written);
    expect(await second.shell(healthCheck)).toBe(0);
  });
});

describe("the rewrite of the append-only file", () => {
  it("waits until Redis has been ready for a minute", async () => {
    await using data = await volume();
    const server = await started(data);
    readySince(data, 50);
    expect(await server.shell(healthCheck)).toBe(0);
    expect(await server.send("INFO persistence")).toContain("aof_last_rewrite_time_sec:-1");
    await rewritten(data, server);
  });

  it("happens once after each start", async () => {
    await using data = await volume();
    const first = await started(data);
    await first.send("SET a 1");
    first.process.kill("SIGTERM");
    await first.exited;
    const second = await started(data);
    await rewritten(data, second);
    expect(await second.shell(healthCheck)).toBe(0);
    expect(await second.send("INFO persistence")).toMatch(/aof_rewrites:1\r/);
    expect(await second.send("GET a")).toContain("1");
  });
});
