// The commands of docs/migration.md that wait for the append-only file, with a real Redis.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { findRedisServer } from "../../harness/ecs/programs/find-redis.ts";
import {
  type LocalContainer,
  until,
  type Volume,
  volume,
} from "../stacks/support/local-container.ts";
import { codeIn } from "../support/markdown.ts";

const page = readFileSync(new URL("../../docs/migration.md", import.meta.url), "utf8");
const [, section = ""] = page.split("\n## Wait for the append-only file\n");
const [commands = ""] = codeIn(section, "sh");

/** The same commands that wait for a second only. */
const impatient = commands.replace("seq 600", "seq 1");

const KEYS = 200;

beforeAll(async () => {
  await findRedisServer();
}, 360_000);

/** A Redis with data, which takes `delay` microseconds to write each key. */
async function started(
  data: Volume,
  appends: "yes" | "no",
  delay: number,
): Promise<LocalContainer> {
  const options = `--requirepass secret --save "3600 1" --appendonly ${appends} --rdb-key-save-delay ${delay}`;
  const server = await data.run(["sh", "-c", `exec redis-server --dir /data ${options}`]);
  await until(server.isReady);
  return server;
}

async function filled(data: Volume, appends: "yes" | "no", delay: number): Promise<LocalContainer> {
  const server = await started(data, appends, delay);
  await server.send(`EVAL "for i = 1, ${KEYS} do redis.call('SET', i, i) end" 0`);
  return server;
}

/** Ends the rewrite of a server, as the kernel does when memory runs out. */
function killRewrite(server: LocalContainer): void {
  execFileSync("pkill", ["-KILL", "-P", String(server.process.pid)]);
}

const info = (server: LocalContainer) => server.send("INFO persistence");

describe("the commands that wait for the append-only file", () => {
  it("wait for a rewrite that waits for a snapshot", async () => {
    await using data = await volume();
    const server = await filled(data, "no", 10_000);
    // Through redis-cli, because a connection that Redis closes stays open in the process that saves.
    await server.shell("redis-cli bgsave; redis-cli config set appendonly yes");
    expect(await info(server)).toContain("aof_rewrite_in_progress:0\r\naof_rewrite_scheduled:1");
    expect(await server.shell(`${impatient}\nfile_is_complete`)).toBe(1);

    expect(await server.shell(`${commands}\nfile_is_complete`)).toBe(0);
    server.process.kill("SIGTERM");
    expect(await server.exited).toBe(0);
    const next = await started(data, "yes", 0);
    expect(await next.send("DBSIZE")).toContain(`:${KEYS}\r\n`);
  });

  it("do not accept a failed rewrite", async () => {
    await using data = await volume();
    const server = await filled(data, "yes", 0);
    expect(await server.shell(`${impatient}\nfile_is_complete`)).toBe(0);
    await server.shell("redis-cli config set rdb-key-save-delay 100000; redis-cli bgrewriteaof");
    await until(async () => (await info(server)).includes("aof_rewrite_in_progress:1"));
    killRewrite(server);
    await until(async () => (await info(server)).includes("aof_rewrite_in_progress:0"));
    expect(await server.shell(`${impatient}\nfile_is_complete`)).toBe(1);
  });
});
