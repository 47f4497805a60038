import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import { freePort } from "../../harness/ecs/programs/free-port.ts";
import { startRedis } from "../../harness/ecs/programs/start-redis.ts";

const ROOT = join(import.meta.dirname, "../..");

describe("an app of the local ECS", () => {
  it.each(["examples/app/server.js", "harness/plays/setups/before/server.js"])(
    "listens only on the loopback address in HOST: %s",
    async (program) => {
      await using redis = await startRedis();
      const port = await freePort();
      const app = spawn(process.execPath, [join(ROOT, program)], {
        env: {
          HOST: "127.0.0.5",
          PORT: String(port),
          REDIS_URL: `redis://127.0.0.1:${redis.port}`,
        },
        stdio: ["ignore", "pipe", "inherit"],
      });
      try {
        for await (const line of createInterface(app.stdout)) if (/listening/.test(line)) break;
        const answer = await fetch(`http://127.0.0.5:${port}/healthz`);
        expect(answer.status).toBe(200);
        const elsewhere = connect({ host: "127.0.0.1", port });
        await expect(once(elsewhere, "connect")).rejects.toMatchObject({ code: "ECONNREFUSED" });
      } finally {
        app.kill("SIGKILL");
      }
    },
  );
});
