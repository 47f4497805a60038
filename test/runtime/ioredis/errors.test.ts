import { describe, expect, it, vi } from "vitest";

import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { dnsTo, leadTo } from "../support/dialing.ts";
import { DEADLINE, createClient, until } from "../support/redis-clients.ts";

describe("failures of a client's dials", () => {
  it("are each logged with a stack without a listener, and break nothing", async () => {
    await using server = await startRedis();
    await using dns = await dnsTo(await freePort());
    const log = vi.spyOn(console, "error").mockReturnValue();
    using client = createClient(dns, { connectTimeout: DEADLINE });
    const redis = client.redis.removeAllListeners("error");
    try {
      const reply = redis.ping();
      await until(() => log.mock.calls.length >= 2);
      leadTo(dns, server.port);
      await expect(reply).resolves.toBe("PONG");
      for (const [title, stack] of log.mock.calls) {
        expect(title).toBe("[ioredis] Unhandled error event:");
        expect(stack).toMatch(/^SrvDialError: .* dev-redis\.dev-ecs.*: /);
      }
    } finally {
      log.mockRestore();
    }
  });
});
