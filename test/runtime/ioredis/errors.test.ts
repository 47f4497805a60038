import { describe, expect, it, vi } from "vitest";

import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { createRedis } from "../../../runtime/src/ioredis.ts";
import { NAME, dnsTo, leadTo } from "../support/dialing.ts";
import { DEADLINE, clientOf, until } from "../support/redis-clients.ts";

const NONE = "ERR_SRV_NO_RECORDS";

describe("failures of a client's dials", () => {
  it("are each logged with a stack without a listener, and break nothing", async () => {
    await using server = await startRedis();
    await using dns = await dnsTo(await freePort());
    const resolver = dnsResolver({ servers: [dns.address] });
    const log = vi.spyOn(console, "error").mockReturnValue();
    const options = { connectTimeout: DEADLINE };
    const redis = createRedis(`redis+srv://${NAME}`, options, { resolver });
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
      redis.disconnect();
      log.mockRestore();
    }
  });

  it("are logged once per outage and code, as in the README", async () => {
    await using first = await startRedis();
    await using second = await startRedis();
    await using dns = await dnsTo();
    const resolver = dnsResolver({ servers: [dns.address] });
    const options = { connectTimeout: DEADLINE };
    using client = clientOf(createRedis(`redis+srv://${NAME}`, options, { resolver }));
    const { redis, errors } = client;
    const logged: string[] = [];
    const seen = new Set<string>();
    redis.on("error", (error: Error & { code?: string }) => {
      const kind = error.code ?? error.message;
      if (!seen.has(kind)) logged.push(kind);
      seen.add(kind);
    });
    redis.on("ready", () => seen.clear());

    const twoWithoutRecords = () =>
      until(() => errors.filter((error) => "code" in error && error.code === NONE).length >= 2);
    await twoWithoutRecords();
    leadTo(dns, first.port);
    await redis.ping();
    errors.length = 0;
    dns.remove(NAME);
    await first.stop();
    await twoWithoutRecords();
    leadTo(dns, second.port);
    await redis.ping();

    expect(logged.filter((kind) => kind === NONE)).toHaveLength(2);
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
