// Clients of createRedis while Redis is away for longer than a dial waits.
import { describe, expect, it } from "vitest";

import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { createRedis } from "../../../runtime/src/ioredis.ts";
import { listenTo } from "../support/channels.ts";
import { HOST, NAME, asked, dnsTo, leadTo, startListener } from "../support/dialing.ts";
import { DEADLINE, clientOf, until } from "../support/redis-clients.ts";

const URL = `redis+srv://${NAME}`;

function dialerTo(dns: { address: string }) {
  return { resolver: dnsResolver({ servers: [dns.address] }) };
}

describe.concurrent("a client whose Redis is away for several deadlines", () => {
  it.each(["no records", "a silent DNS server", "a port that refuses", "a silent port"])(
    "emits one error at each, then answers its queued command: %s",
    async (away) => {
      await using server = await startRedis();
      await using silent = await startListener();
      const port = away === "a silent port" ? silent.port : await freePort();
      await using dns = await (away === "no records" ? dnsTo() : dnsTo(port));
      if (away === "a silent DNS server") dns.fault("drop");
      using client = clientOf(createRedis(URL, { connectTimeout: DEADLINE }, dialerTo(dns)));
      const times: number[] = [];
      client.redis.on("error", () => times.push(performance.now()));
      const reply = client.redis.ping();
      await until(() => client.errors.length >= 3);

      leadTo(dns, server.port);
      dns.fault(null);
      await expect(reply).resolves.toBe("PONG");
      const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
      for (const pause of pauses) expect(pause).toBeGreaterThan(DEADLINE);
    },
  );

  it("fails a queued command after the dial that follows maxRetriesPerRequest retries", async () => {
    await using dns = await dnsTo();
    const options = { connectTimeout: 1_000, maxRetriesPerRequest: 1 };
    using client = clientOf(createRedis(URL, options, dialerTo(dns)));
    const error = await client.redis.ping().catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      name: "MaxRetriesPerRequestError",
      message: expect.stringContaining("(which is 1)"),
    });
    expect(client.errors).toHaveLength(2);
  });
});

describe("a client with wait: false", () => {
  it("emits an error for each pass, at the pace of its own retryStrategy", async () => {
    await using dns = await dnsTo();
    // The deadline is longer than this test may take.
    const options = { connectTimeout: 600_000, retryStrategy: () => 20 };
    using client = clientOf(createRedis(URL, options, { ...dialerTo(dns), wait: false }));
    await until(() => client.errors.length >= 3);
    for (const error of client.errors) expect(error).toMatchObject({ code: "ERR_SRV_NO_RECORDS" });
  });
});

describe("a client whose Redis is frozen: it accepts, and says nothing", () => {
  it("is answered soon after there is a new record, by the same dial", async () => {
    await using frozen = await startRedis();
    await using server = await startRedis();
    await using dns = await dnsTo();
    const setPort = (port: number) => dns.setSrv(NAME, { host: HOST, port, ttl: 1 });
    setPort(frozen.port);
    frozen.signal("SIGSTOP");
    using attempts = listenTo("srv-dialer:attempt");
    using connections = listenTo("srv-dialer:connect");
    using client = clientOf(createRedis(URL, {}, dialerTo(dns)));
    const reply = client.redis.ping();
    // A dial looks every 104 to 112 ms: 2.5 s.
    await until(() => asked(dns) >= 23);
    const before = asked(dns);
    setPort(server.port);
    await expect(reply).resolves.toBe("PONG");
    // Fewer looks than in 1.5 s.
    expect(asked(dns) - before).toBeLessThan(14);
    // A connection that is not answered gets another one beside it about once a second.
    const ports = attempts.map(({ port }) => port);
    expect(ports.filter((port) => port === frozen.port).length).toBeLessThanOrEqual(4);
    expect(ports.filter((port) => port !== frozen.port)).toEqual([server.port]);
    expect(connections.map(({ port }) => port)).toEqual([server.port]);
    expect(client.errors).toEqual([]);
  });
});

describe("200 clients of one process", () => {
  it.each([
    ["no records", DEADLINE],
    ["a port that refuses", 10_000],
  ])(
    "ask DNS about as often as one client, and are all ready soon after: %s, deadline %i ms",
    async (away, connectTimeout) => {
      await using server = await startRedis();
      const ports = away === "no records" ? [] : [await freePort()];
      await using dnsOfOne = await dnsTo(...ports);
      await using dnsOfMany = await dnsTo(...ports);
      const start = (dns: { address: string }, count: number) => {
        const options = dialerTo(dns);
        return Array.from({ length: count }, () =>
          clientOf(createRedis(URL, { connectTimeout }, options)),
        );
      };
      const clients = [...start(dnsOfOne, 1), ...start(dnsOfMany, 200)];
      try {
        const replies = clients.map(({ redis }) => redis.ping());
        for (const reply of replies) reply.catch(() => {});
        await until(() => asked(dnsOfOne) >= 12);
        const before = asked(dnsOfMany);
        // One client pauses between two dials, 200 do not all at once: up to ten times a second.
        expect(before).toBeLessThan(2.5 * asked(dnsOfOne));
        for (const dns of [dnsOfOne, dnsOfMany]) leadTo(dns, server.port);
        await Promise.all(replies);
        expect(asked(dnsOfMany) - before).toBeLessThan(12);
      } finally {
        for (const { redis } of clients) redis.disconnect();
      }
    },
  );
});
