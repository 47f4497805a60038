// node-redis cannot use the port of SRV records itself, so it connects through the command.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createClient } from "redis";
import { expect, it, onTestFinished } from "vitest";

import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { NAME } from "../support/dialing.ts";
import { install, listening } from "../support/installed.ts";
import { startNameOf } from "../support/moving-name.ts";

it("node-redis follows a Redis that moves, beside a forward on a Unix socket", async () => {
  const dir = mkdtempSync(join(tmpdir(), "node-redis-"));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const args = ["--appendonly", "yes", "--appendfsync", "always"];
  let redis = await startRedis({ dir, args });
  onTestFinished(() => redis.stop());
  const moving = {
    get port() {
      return redis.port;
    },
    async move() {
      await redis.stop();
      redis = await startRedis({ dir, args });
    },
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

  await client.set("kept", "here");
  await name.move();
  // The command may wait: the client reconnects through the forward.
  await expect.poll(() => client.get("kept").catch(() => undefined)).toBe("here");
});
