import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { expect, it } from "vitest";
import { connecting } from "./clients.ts";

const MODULE = JSON.stringify(new URL("../../../../harness/ecs/testing.ts", import.meta.url).href);

interface Started {
  readonly target: { readonly host: string; readonly port: number };
  readonly dir: string;
}

/** A process that starts a moving Redis, prints where it is, and does one thing more. */
async function parent(then: string) {
  const code = `
    import { movingRedis } from ${MODULE};
    import { Redis } from "ioredis";
    void (async () => {
      const redis = await movingRedis({ password: "" });
      await redis.lose();
      await redis.move();
      const client = new Redis(redis.port, redis.host);
      const [, dir] = await client.config("GET", "dir");
      client.disconnect();
      process.stdout.write(JSON.stringify({ target: redis.target, dir }));
      ${then}
    })();`;
  const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code], {
    stdio: ["ignore", "pipe", "ignore"],
  });
  const exited = once(child, "exit");
  const [data]: Buffer[] = await once(child.stdout, "data");
  const started = JSON.parse(String(data)) as Started;
  return { child, exited, ...started };
}

it.each([
  ["closes it", "await redis.close();", 0],
  ["exits", "process.exit(3);", 3],
  ["forgets it", "", 0],
  ["leaves it in an outage", "await redis.outage(600_000);", 0],
  ["waits for an outage", "await redis.outage(2000); await redis.move(); process.exitCode = 4;", 4],
  [
    "waits for one that begins",
    "void redis.outage(2000); await redis.move(); process.exitCode = 5;",
    5,
  ],
  ["throws", "throw new Error('as expected');", 1],
])("nothing is left when the process %s", async (_how, then, code) => {
  const { exited, target, dir } = await parent(then);
  expect(await exited).toEqual([code, null]);
  await expect.poll(() => connecting(target)).toBe("ECONNREFUSED");
  expect(existsSync(dir)).toBe(false);
});

it.runIf(process.platform === "linux")("Redis dies with a process that is killed", async () => {
  const { child, exited, target, dir } = await parent("setInterval(() => {}, 1000);");
  child.kill("SIGKILL");
  await exited;
  await expect.poll(() => connecting(target)).toBe("ECONNREFUSED");
  await rm(dir, { recursive: true, force: true });
});
