// node-redis cannot use the port of SRV records itself, so it connects through the command.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createClient } from "redis";
import { expect, it, onTestFinished } from "vitest";

import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { startNameOf, writeDuring } from "../support/database-load.ts";
import { NAME } from "../support/dialing.ts";
import { install, listening } from "../support/installed.ts";

it("node-redis follows a Redis that moves, beside a forward on a Unix socket", async () => {
  const dir = mkdtempSync(join(tmpdir(), "node-redis-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  // The system keeps what is written: with `everysec`, Redis would delay writes while the disk is slow.
  const args = ["--appendonly", "yes", "--appendfsync", "no"];
  let redis = await startRedis({ dir, args });
  await using moving = {
    get port() {
      return redis.port;
    },
    async move() {
      await redis.stop();
      redis = await startRedis({ dir, args });
    },
    [Symbol.asyncDispose]: () => redis.stop(),
  };
  await using name = await startNameOf(moving);
  using cli = install();
  const path = join(dir, "redis.sock");
  const options = ["--redis", "--server", name.dns.address, "--listen", `unix:${path}`];
  await using forward = cli.start(["forward", NAME, ...options]);
  await listening(forward);
  const client = createClient({ socket: { path, tls: false }, commandsQueueMaxLength: 100 });
  client.on("error", () => {});
  onTestFinished(() => client.destroy());
  await client.connect();

  const set = (row: number): Promise<unknown> => client.set(`row:${row}`, row);
  const { acknowledged } = await writeDuring(set, () => name.move());
  const values = await client.mGet(acknowledged.map((row) => `row:${row}`));
  expect(values).toEqual(acknowledged.map(String));
});
