// node-redis cannot use the port of SRV records itself, so it connects through the command.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createClient } from "redis";
import { expect, it, onTestFinished } from "vitest";

import { type Redis, startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { startNameOf, writeDuring } from "../support/database-load.ts";
import { NAME } from "../support/dialing.ts";
import { install, listening } from "../support/installed.ts";

/**
 * A Redis that is killed and started on another port, with its append-only file. The system keeps written data. With
 * `everysec`, Redis would delay writes while the disk is slow.
 */
async function startMovingRedis() {
  const dir = mkdtempSync(join(tmpdir(), "node-redis-"));
  const args = ["--appendonly", "yes", "--appendfsync", "no"];
  const start = (): Promise<Redis> => startRedis({ dir, args });
  let redis = await start();
  return {
    dir,
    get port() {
      return redis.port;
    },
    async move() {
      await redis.stop();
      redis = await start();
    },
    async [Symbol.asyncDispose]() {
      await redis.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

it.each([
  ["a Unix socket", (dir: string) => `unix:${join(dir, "redis.sock")}`],
  ["a port of loopback", () => "127.0.0.1:0"],
])("node-redis follows a Redis that moves, beside a forward on %s", async (_where, listen) => {
  await using redis = await startMovingRedis();
  await using name = await startNameOf(redis);
  using cli = install();
  const args = ["forward", NAME, "--redis", "--server", name.dns.address];
  await using forward = cli.start([...args, "--listen", listen(redis.dir)]);
  const where = await listening(forward);
  const socket = where.startsWith("unix:")
    ? { path: where.slice("unix:".length), tls: false as const }
    : { host: "127.0.0.1", port: Number(where.split(":")[1]) };
  const client = createClient({ socket, commandsQueueMaxLength: 100 });
  client.on("error", () => {});
  onTestFinished(() => client.destroy());
  await client.connect();

  const before = redis.port;
  const set = (row: number): Promise<unknown> => client.set(`row:${row}`, row);
  const { acknowledged } = await writeDuring(set, () => name.move());
  expect(redis.port).not.toBe(before);
  const values = await client.mGet(acknowledged.map((row) => `row:${row}`));
  expect(values).toEqual(acknowledged.map(String));
});
