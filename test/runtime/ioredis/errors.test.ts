import { describe, expect, it, vi } from "vitest";

import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { createRedis } from "../../../runtime/src/ioredis.ts";
import { NAME, dnsTo, leadTo } from "../support/dialing.ts";
import { clientOf, until } from "../support/redis-clients.ts";

describe("failures of a client's dials", () => {
  it("are each logged with a stack without a listener, and break nothing", async () => {
    await using server = await startRedis();
    await using dns = await dnsTo(await freePort());
    const resolver = dnsResolver({ servers: [dns.address] });
    const log = vi.spyOn(console, "error").mockReturnValue();
    const redis = createRedis(`redis+srv://${NAME}`, {}, { resolver });
    try {
      const reply = redis.ping();
      await until(() => log.mock.calls.length >= 3);
      leadTo(dns, server.port);
      await expect(reply).resolves.toBe("PONG");
      for (const [title, stack] of log.mock.calls) {
        expect(title).toBe("[ioredis] Unhandled error event:");
        expect(stack).toMatch(/^SrvDialError: Cannot connect to dev-redis\.dev-ecs: /);
      }
    } finally {
      redis.disconnect();
      log.mockRestore();
    }
  });

  it("are logged once per outage and code, as in the README", async () => {
    await using first = await startRedis();
    await using second = await startRedis();
    await using dns = await dnsTo();
    const resolver = dnsResolver({ servers: [dns.address] });
    using client = clientOf(createRedis(`redis+srv://${NAME}`, {}, { resolver }));
    const { redis, errors } = client;
    const lines: string[] = [];
    const seen = new Set<string>();
    redis.on("error", (error: Error & { code?: string }) => {
      const kind = error.code ?? error.message;
      if (!seen.has(kind)) lines.push(error.message);
      seen.add(kind);
    });
    redis.on("ready", () => seen.clear());

    await until(() => errors.length >= 3);
    leadTo(dns, first.port);
    await redis.ping();
    dns.remove(NAME);
    await first.stop();
    const before = errors.length;
    await until(() => errors.length >= before + 3);
    leadTo(dns, second.port);
    await redis.ping();

    const noRecords = lines.filter((line) => line.startsWith(`${NAME} has no SRV records`));
    expect(noRecords).toHaveLength(2);
    expect(lines.length).toBeLessThan(errors.length);
  });

  it("are not reported if the client itself disconnects", async () => {
    await using dns = await dnsTo();
    dns.fault("drop");
    const resolver = dnsResolver({ servers: [dns.address] });
    using client = clientOf(createRedis(`redis+srv://${NAME}`, {}, { resolver }));
    const reply = client.redis.ping();
    await until(() => dns.queries.length > 0);
    client.redis.disconnect();
    await expect(reply).rejects.toThrow("Connection is closed.");
    expect(client.errors).toEqual([]);
  });
});
