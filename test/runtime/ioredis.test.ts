import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

import { freePort } from "../../harness/ecs/programs/free-port.ts";
import { startRedis } from "../../harness/ecs/programs/start-redis.ts";
import { TLS_FILES } from "../../harness/ecs/programs/tls/certificates.ts";
import { dnsResolver } from "../../runtime/src/index.ts";
import { createRedis } from "../../runtime/src/ioredis.ts";
import { NAME, asked, dnsTo, leadTo, startListener } from "./support/dialing.ts";
import { DEADLINE, clientOf, errorWith, startClient, until } from "./support/redis-clients.ts";

describe("a client of ioredis with an SrvConnector", () => {
  it("reaches Redis through the records of its host: commands, pipelines, transactions", async () => {
    await using server = await startRedis();
    await using dns = await dnsTo(server.port);
    using client = startClient(dns);
    const { redis } = client;

    await expect(redis.set("key", "value")).resolves.toBe("OK");
    await expect(redis.pipeline().get("key").incr("count").exec()).resolves.toEqual([
      [null, "value"],
      [null, 1],
    ]);
    await expect(redis.multi().incr("count").incr("count").exec()).resolves.toEqual([
      [null, 2],
      [null, 3],
    ]);
    expect(client.errors).toEqual([]);
  });

  it("shares its dialer's answers with its duplicates", async () => {
    await using server = await startRedis();
    await using dns = await dnsTo(server.port);
    using client = startClient(dns);
    await client.redis.ping();

    using second = clientOf(client.redis.duplicate());
    await expect(second.redis.ping()).resolves.toBe("PONG");
    expect(asked(dns)).toBe(1);
  });

  it("shares answers with clients whose dialer options are equal", async () => {
    await using server = await startRedis();
    await using dns = await dnsTo(server.port);
    const resolver = dnsResolver({ servers: [dns.address] });
    const start = (timeout: number) =>
      clientOf(createRedis(`redis+srv://${NAME}`, {}, { resolver, timeout }));
    using first = start(5_000);
    await first.redis.ping();
    using second = start(5_000);
    await second.redis.ping();
    expect(asked(dns)).toBe(1);

    using other = start(6_000);
    await other.redis.ping();
    expect(asked(dns)).toBe(2);
  });

  it("speaks TLS with the name of the service", async () => {
    await using server = await startRedis({ tls: TLS_FILES });
    await using dns = await dnsTo(server.port);
    using client = startClient(dns, { tls: { ca: readFileSync(TLS_FILES.cert) } });

    await expect(client.redis.ping()).resolves.toBe("PONG");
    expect(client.errors).toEqual([]);
  });

  it("reports a wrong password", async () => {
    await using server = await startRedis({ args: ["--requirepass", "right"] });
    await using dns = await dnsTo(server.port);
    using wrong = startClient(dns, { password: "not-right" });
    using right = startClient(dns, { password: "right" });

    await expect(right.redis.ping()).resolves.toBe("PONG");
    await until(() => wrong.errors.some(({ message }) => message.includes("WRONGPASS")));
    await expect(wrong.redis.ping()).rejects.toThrow(/NOAUTH|WRONGPASS/);
    expect(String(wrong.errors)).not.toContain("not-right");
  });
});

describe("a client that cannot reach its Redis at first", () => {
  // The others are in ioredis/failures.test.ts, which does not run on the oldest ioredis.
  it("waits for records to appear, and continues when the port refuses", async () => {
    await using server = await startRedis();
    await using dns = await dnsTo();
    dns.remove(NAME);
    using client = startClient(dns, { connectTimeout: DEADLINE });
    const reply = client.redis.ping();
    await expect(errorWith("ERR_SRV_NO_RECORDS", client)).resolves.toMatchObject({
      hostname: NAME,
    });
    leadTo(dns, await freePort());
    await errorWith("ERR_SRV_CONNECT", client);

    leadTo(dns, server.port);
    await expect(reply).resolves.toBe("PONG");
  });

  it("stops waiting for a silent port after connectTimeout", async () => {
    await using silent = await startListener();
    await using server = await startRedis();
    await using dns = await dnsTo(silent.port);
    using client = startClient(dns, { connectTimeout: 100 }, { cache: { maxTtl: 0 } });
    const reply = client.redis.ping();
    await until(() => client.errors.length >= 2);

    leadTo(dns, server.port);
    await expect(reply).resolves.toBe("PONG");
    expect(client.errors[0]).toMatchObject({
      code: "ERR_SRV_TIMEOUT",
      message: expect.stringContaining("not done within 100 ms"),
      attempts: [{ port: silent.port, phase: "verify" }],
    });
  });
});
