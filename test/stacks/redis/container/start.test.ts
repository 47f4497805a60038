import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { findRedisServer } from "../../../../harness/ecs/programs/find-redis.ts";
import { type Volume, exchange, until, volume } from "../../support/local-container.ts";
import { container, devWith, variablesOf } from "../../support/template.ts";

// These tests run the synthesized container definition with a real Redis.
const redis = container(devWith(), "redis");
const command = redis.command ?? [];
const [, healthCheck = ""] = redis.healthCheck?.command ?? [];

// Installs Redis if it is missing, which takes some time.
beforeAll(async () => {
  await findRedisServer();
}, 360_000);

function textOf(name: string): string {
  const file = new URL(`../../../../modules/redis/scripts/${name}.sh`, import.meta.url);
  return readFileSync(file, "utf8");
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

describe("the command of the Redis container", () => {
  it("and the health check are the scripts as they are", () => {
    expect(command).toEqual(["sh", "-c", textOf("start")]);
    expect(redis.healthCheck?.command).toEqual(["CMD-SHELL", textOf("health")]);
  });

  it("and the health check are the same text for every Redis", () => {
    const other = devWith({
      redis: { memory: 1024, appendfsync: "always", modules: false, metrics: true },
    });
    const { command: words, healthCheck: check } = container(other, "redis");
    expect(words).toEqual(command);
    expect(check?.command).toEqual(redis.healthCheck?.command);
  });

  it("starts a server that requires the password, keeps an append-only file and stops on SIGTERM", async () => {
    await using data = await volume();
    const first = await data.run(command);
    await until(first.answers);
    expect(await first.send("SET greeting hello")).toContain("+OK\r\n+OK");
    expect(readdirSync(data.path)).toEqual(
      expect.arrayContaining([".writer", ".writer.lock", "appendonlydir"]),
    );
    const settings = await first.send(
      "CONFIG GET appendfsync",
      "CONFIG GET save",
      "CONFIG GET maxmemory",
    );
    expect(settings).toContain(`maxmemory\r\n$9\r\n${230 * 1024 * 1024}`);
    expect(settings).toContain("appendfsync\r\n$8\r\neverysec");
    expect(settings).toContain("save\r\n$0\r\n");
    // `send` authenticates. Without AUTH, the server refuses commands.
    expect(await exchange(first.port, ["GET greeting", "QUIT"])).toContain("-NOAUTH");

    first.process.kill("SIGTERM");
    expect(await first.exited).toBe(0);
    const second = await data.run(command);
    await until(second.answers);
    // It replies while it is loading, and with the data after that.
    await until(async () => (await second.send("GET greeting")).includes("hello"));
  });

  it("shows the password in no process list", async () => {
    await using data = await volume();
    const server = await data.run(command, { password: "not-to-be-seen", other: "nor-this" });
    // Check it from the start, before Redis sets its process title.
    const commandLine = () => readFileSync(`/proc/${server.process.pid}/cmdline`, "utf8");
    const seen = [commandLine()];
    await until(async () => {
      seen.push(commandLine());
      return server.answers();
    });
    expect(seen.join(" ")).toContain("redis-server");
    expect(seen.join(" ")).not.toMatch(/not-to-be-seen|nor-this/);
  });

  it("waits while another server writes the same folder, and takes over when that is gone", async () => {
    await using data = await volume();
    const first = await data.run(command);
    await until(first.answers);
    const second = await data.run(command);
    await until(() => waitsForLock(second.process.pid));
    // With everysec, the kill could discard the write.
    await first.send("CONFIG SET appendfsync always", "SET counter 42");
    expect(await second.answers()).toBe(false);

    first.process.kill("SIGKILL");
    await first.exited;
    await until(second.answers);
    await until(async () => (await second.send("GET counter")).includes("42"));
  });

  it("exits 75 when the lock is not free in time", async () => {
    await using data = await volume();
    const first = await data.run(command);
    await until(first.answers);
    const impatient = command.map((word) => word.replace(/flock -w \d+/, "flock -w 1"));
    expect(impatient).not.toEqual(command);
    const second = await data.run(impatient);
    expect(await second.exited).toBe(75);
    expect(second.log()).toMatch(/^another task has the lock of the data: \S+\n$/);
    expect(await first.answers()).toBe(true);
  });

  it("exits 75 and says why if it cannot write its name", async () => {
    await using data = await volume();
    mkdirSync(join(data.path, ".writer"));
    const server = await data.run(command);
    expect(await server.exited).toBe(75);
    expect(server.log()).toContain(
      ".writer cannot be written: is the file system full or read-only,",
    );
  });

  it("exits 75 and says why if it cannot make the lock", async () => {
    await using data = await volume();
    mkdirSync(join(data.path, ".writer.lock"));
    const server = await data.run(command);
    expect(await server.exited).toBe(75);
    expect(server.log()).toContain(".writer.lock cannot be written: is the file system full");
  });

  it("starts no server if flock cannot wait, like BusyBox's, or is missing", async () => {
    await using data = await volume();
    const cannotWait = `echo "flock: invalid option -- 'w'" >&2; exit 1`;
    for (const flock of [cannotWait, "exit 127"]) {
      const server = await data.run(command, { before: { flock } });
      expect(await server.exited).toBe(75);
    }
    expect(readdirSync(data.path)).not.toContain("appendonlydir");
  });

  it("accepts both passwords that it was started with, with all rights, and no other", async () => {
    await using data = await volume();
    const server = await data.run(command, { password: "one", other: "two" });
    await until(server.answers);
    const commands =
      "set a b; redis-cli config get save; redis-cli publish c d; redis-cli acl list";
    for (const password of ["one", "two"]) {
      expect(await server.shell(`redis-cli -e ${commands}`, password)).toBe(0);
    }
    expect(await server.shell(healthCheck, "one")).toBe(0);
    expect(await server.shell("redis-cli ping | grep -q PONG", "three")).toBe(1);
    server.process.kill("SIGTERM");
    await server.exited;

    const next = await data.run(command, { password: "three", other: "two" });
    await until(next.answers);
    expect(await next.shell(healthCheck, "three")).toBe(0);
    expect(await next.shell(healthCheck, "one")).toBe(1);
  });

  it.each([
    ["first", { password: "" }],
    ["second", { other: "" }],
  ])("starts no server while the %s password is empty", async (_, passwords) => {
    await using data = await volume();
    const server = await data.run(command, passwords);
    expect(await server.exited).toBe(78);
    expect(server.log()).toContain("REDIS_PASSWORD or REDIS_PASSWORD_B is empty");
  });

  it.each(['a "quoted" word', "back\\slash\\", "two\nlines", "# $HOME `id`", "é ü"])(
    "accepts a password with characters that redis.conf reads otherwise: %j",
    async (password) => {
      await using data = await volume();
      const server = await data.run(command, { password });
      await until(server.answers);
      expect(await server.shell("redis-cli ping | grep -q PONG")).toBe(0);
      expect(await server.shell("redis-cli ping | grep -q PONG", "secret-b")).toBe(0);
      expect(await server.shell("redis-cli ping | grep -q PONG", "a")).toBe(1);
      expect(server.log()).not.toContain(password);
    },
  );

  it("applies the configured parameters", async () => {
    const tuned = devWith({
      redis: {
        appendfsync: "always",
        parameters: {
          maxclients: "500",
          "tcp-backlog": "1024",
          "notify-keyspace-events": "KEA",
          "client-output-buffer-limit": "pubsub 64mb 16mb 30",
        },
      },
    });
    await using data = await volume();
    const server = await data.run(command, { variables: variablesOf(container(tuned, "redis")) });
    await until(server.answers);
    const names = [
      "appendfsync",
      "maxclients",
      "tcp-backlog",
      "notify-keyspace-events",
      "client-output*",
    ];
    const settings = await server.send(...names.map((name) => `CONFIG GET ${name}`));
    expect(settings).toContain("always");
    expect(settings).toContain("$3\r\n500");
    expect(settings).toContain("$4\r\n1024");
    expect(settings).toMatch(/notify-keyspace-events\r\n\$\d+\r\nA.*K.*E|AKE/);
    expect(settings).toContain("pubsub 67108864 16777216 30");
  });
});

/**
 * Whether a child of the shell `pid` is flock. While another process holds the lock, flock is waiting.
 * /proc/locks does not show a waiting lock inside a PID namespace.
 */
function waitsForLock(pid = 0): boolean {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");
  return children.some((child) => commandOf(child) === "flock");
}

/** Empty if the process does not exist. */
function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    return "";
  }
}

async function written(data: Volume): Promise<void> {
  const server = await data.run(command);
  await until(server.answers);
  await server.send("CONFIG SET appendfsync always", "SET greeting hello");
  server.process.kill("SIGTERM");
  await server.exited;
}

describe("a folder that Redis would start empty on", () => {
  const files = "appendonlydir";

  it("is refused if its files have no manifest, and stays as it is", async () => {
    await using data = await volume();
    await written(data);
    const manifest = join(data.path, files, "appendonly.aof.manifest");
    renameSync(manifest, join(data.path, "manifest"));
    const before = readdirSync(join(data.path, files));
    const server = await data.run(command);
    expect(await server.exited).toBe(78);
    expect(server.log()).toContain("has files, but no appendonly.aof.manifest");
    expect(readdirSync(join(data.path, files))).toEqual(before);

    renameSync(join(data.path, "manifest"), manifest);
    const next = await data.run(command);
    await until(next.isReady);
    expect(await next.send("GET greeting")).toContain("hello");
  });

  it("is refused if its base file has data", async () => {
    await using data = await volume();
    mkdirSync(join(data.path, files));
    writeFileSync(join(data.path, files, "appendonly.aof.1.base.rdb"), "x".repeat(2_000));
    expect(await (await data.run(command)).exited).toBe(78);
  });

  it("is refused if a rewrite has made its files, however small they are", async () => {
    await using data = await volume();
    mkdirSync(join(data.path, files));
    writeFileSync(join(data.path, files, "appendonly.aof.2.base.rdb"), "sixty keys");
    writeFileSync(join(data.path, files, "appendonly.aof.2.incr.aof"), "");
    expect(await (await data.run(command)).exited).toBe(78);
  });

  it("is refused if the manifest names none of them", async () => {
    await using data = await volume();
    await written(data);
    writeFileSync(join(data.path, files, "appendonly.aof.manifest"), "# nothing\n");
    expect(await (await data.run(command)).exited).toBe(78);
  });

  it("is refused if it is gone, and copies of it are there", async () => {
    await using data = await volume();
    mkdirSync(join(data.path, "backup-20260101T000000Z"));
    const server = await data.run(command);
    expect(await server.exited).toBe(78);
    expect(server.log()).toContain("there are copies, but no append-only file");
  });

  it("is not what a first start leaves that was killed", async () => {
    await using data = await volume();
    await written(data);
    const folder = join(data.path, files);
    for (const name of readdirSync(folder)) {
      if (name.includes(".base.")) continue;
      rmSync(join(folder, name));
    }
    writeFileSync(join(folder, "temp-appendonly.aof.manifest"), "file appendonly.aof.1.base.rdb");
    const server = await data.run(command);
    await until(server.isReady);
    expect(server.log()).not.toContain("no appendonly.aof.manifest");
  });

  it("is refused by Redis 6 if a later version has written it", async () => {
    await using data = await volume();
    await written(data);
    const before = {
      "redis-server": '[ "$1" != --version ] || { echo "Redis server v=6.2.21 sha=0"; exit; }',
    };
    const server = await data.run(command, { before });
    expect(await server.exited).toBe(78);
    expect(server.log()).toContain("Redis 6 cannot read");
  });

  it("is not that of Redis 6, which any version loads", async () => {
    await using data = await volume();
    const commands = "*3\r\n$3\r\nSET\r\n$5\r\nfirst\r\n$4\r\nhere\r\n";
    writeFileSync(join(data.path, "appendonly.aof"), commands);
    const server = await data.run(command);
    await until(server.isReady);
    expect(await server.send("GET first")).toContain("here");
  });
});

describe("the modules of an image", () => {
  /** The end of the entrypoint of Redis 8: it adds a module after the options. */
  const appends =
    'echo "entrypoint: $*"; exec "$@" --loadmodule /nowhere/redisbloom.so # an entrypoint';
  /** The end of later entrypoints: they add modules and the password before the options. */
  const prepends = [
    'echo "entrypoint: $*"; echo "password: $REDIS_PASSWORD."; server=$1; shift',
    'exec "$server" --loadmodule /nowhere/redisbloom.so "$@"',
  ].join("; ");
  /** A stub of the server that prints its arguments, standard input and whether it has the lock. */
  const shown = [
    'echo "server: $*"; echo "stdin: $(cat)"; [ -e /proc/$$/fd/9 ] && echo locked; exit 0',
  ].join("\n");

  it.each([
    ["the entrypoint of Redis 8", appends, / --loadmodule \/nowhere\/redisbloom\.so$/m],
    ["that of later images", prepends, /server: --loadmodule \/nowhere\/redisbloom\.so --include/],
  ])("are loaded by %s, which gets the server as its command", async (_, entrypoint, modules) => {
    await using data = await volume();
    const before = { "redis-server": shown, "docker-entrypoint.sh": entrypoint };
    const server = await data.run(command, {
      before,
      password: "not-to-be-seen",
      other: "nor-this",
    });
    expect(await server.exited).toBe(0);
    const log = server.log();
    expect(log).toMatch(/^entrypoint: redis-server --include \/dev\/stdin /m);
    expect(log).toMatch(modules);
    expect(log).toContain(
      `stdin: user default on allkeys allchannels allcommands #${sha256("not-to-be-seen")} #${sha256("nor-this")}\n`,
    );
    expect(log).toContain("locked");
    expect(log).not.toMatch(/not-to-be-seen|nor-this/);
  });

  it.each([
    ["after the options", 'exec "$@" --databases 3'],
    ["before the options", 'server=$1; shift; exec "$server" --databases 3 "$@"'],
  ])(
    "do not prevent a real server from reading the password if they are %s",
    async (_, entrypoint) => {
      await using data = await volume();
      const server = await data.run(command, { before: { "docker-entrypoint.sh": entrypoint } });
      await until(server.answers);
      expect(await server.send("CONFIG GET databases")).toMatch(/databases\r\n\$1\r\n3/);
      expect(await exchange(server.port, ["CONFIG GET databases", "QUIT"])).toContain("-NOAUTH");
      // The entrypoint became the server, so one process has the lock and gets the signal.
      server.process.kill("SIGTERM");
      expect(await server.exited).toBe(0);
    },
  );

  it("are not loaded if configured, or if the image has no such entrypoint", async () => {
    const plain = variablesOf(container(devWith({ redis: { modules: false } }), "redis"));
    await using data = await volume();
    const before = { "redis-server": shown, "docker-entrypoint.sh": appends };
    for (const options of [{ before, variables: plain }, { before: { "redis-server": shown } }]) {
      const server = await data.run(command, options);
      expect(await server.exited).toBe(0);
      expect(server.log()).toMatch(/^server: --include \/dev\/stdin --protected-mode yes /m);
      expect(server.log()).not.toContain("entrypoint:");
    }
  });
});
