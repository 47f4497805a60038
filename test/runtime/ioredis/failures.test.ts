import { readFileSync } from "node:fs";
import { createServer as createTlsServer } from "node:tls";

import { describe, expect, it } from "vitest";

import { cloudMapResolver } from "../../../runtime/src/cloud-map.ts";
import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { TLS_FILES } from "../../support/tls/certificates.ts";
import { listenTo } from "../support/channels.ts";
import { instance, startCloudMap } from "../support/fake-cloud-map.ts";
import { NAME, asked, dnsTo, leadTo, startListener } from "../support/dialing.ts";
import { type RowTests, failureRows } from "../support/failure-rows.ts";
import {
  type Client,
  DEADLINE,
  createClient as clientTo,
  errorWith,
  resolverTo,
  until,
} from "../support/redis-clients.ts";
import {
  command,
  startFullRedis,
  startLoadingRedis,
  startLosableRedis,
} from "../support/redis-servers.ts";

/** The codes of the errors that a client has emitted. */
function codesOf({ errors }: Client): Set<unknown> {
  return new Set(errors.map((error) => (error as { code?: unknown }).code));
}

/** The port of the Redis that runs a command. */
async function portOf({ redis }: Client): Promise<number> {
  return Number(/tcp_port:(\d+)/.exec(await redis.info("server"))?.[1]);
}

const ROWS: RowTests = {
  async "DNS is down, an answer is known"() {
    await using server = await startRedis();
    await using dns = await dnsTo(server.port);
    using client = clientTo(dns, {}, { cache: { minTtl: 0, maxTtl: 0 } });
    await client.redis.ping();
    using stale = listenTo("srv-dialer:stale");
    const before = asked(dns);
    dns.fault("servfail", { type: "SRV" });
    await expect(client.redis.ping()).resolves.toBe("PONG");
    expect(asked(dns)).toBe(before);
    const id = await client.redis.client("ID");
    await command(server.port, async (other) => void (await other.client("KILL", "ID", id)));
    await expect(client.redis.client("ID")).resolves.toBeGreaterThan(id);
    expect(stale.length).toBeGreaterThan(0);
    expect(client.errors).toEqual([]);
  },

  async "DNS is down, nothing is known"() {
    await using server = await startRedis();
    await using dns = await dnsTo(server.port);
    const heal = dns.fault("servfail");
    using client = clientTo(dns, { connectTimeout: DEADLINE });
    const reply = client.redis.ping();
    await errorWith("ERR_SRV_RESOLVE", client);
    heal();
    await expect(reply).resolves.toBe("PONG");
  },

  async "no records"() {
    await using server = await startRedis();
    await using dns = await dnsTo();
    dns.remove(NAME);
    using client = clientTo(dns, { connectTimeout: DEADLINE });
    const reply = client.redis.ping();
    await until(() => dns.queries.length >= 10);
    const times = dns.queries.slice(0, 10).map(({ time }) => time);
    // Nine pauses of at least 104 ms; timers may be slightly early.
    expect((times.at(-1) ?? 0) - (times[0] ?? 0)).toBeGreaterThan(9 * 102);
    await errorWith("ERR_SRV_NO_RECORDS", client);
    leadTo(dns, server.port);
    await expect(reply).resolves.toBe("PONG");
  },

  async "the host of an open connection is lost"() {
    await using first = await startLosableRedis();
    await using second = await startRedis();
    await using dns = await dnsTo(first.port);
    using client = clientTo(dns, {}, { recheck: 50, cache: false });
    await expect(portOf(client)).resolves.toBe(first.port);
    await first.lose();
    const reply = portOf(client);
    leadTo(dns, second.port);
    await expect(reply).resolves.toBe(second.port);
    expect(codesOf(client)).toEqual(new Set(["ERR_SRV_MOVED"]));
  },

  async "the cached answer is old, its target refuses"() {
    await using first = await startRedis();
    await using second = await startRedis();
    await using dns = await dnsTo(first.port);
    using client = clientTo(dns);
    await client.redis.ping();
    let pauses = 0;
    client.redis.on("reconnecting", () => pauses++);
    leadTo(dns, second.port);
    await first.stop();
    await expect(portOf(client)).resolves.toBe(second.port);
    expect(pauses).toBe(1);
    expect(codesOf(client)).not.toContain("ERR_SRV_CONNECT");
  },

  async "the cached answer is old, its host is lost"() {
    await using first = await startLosableRedis();
    await using second = await startRedis();
    await using dns = await dnsTo(first.port);
    const dialerOptions = { resolver: resolverTo(dns), attemptDelay: 20 };
    using early = clientTo(dns, {}, dialerOptions);
    await early.redis.ping();
    leadTo(dns, second.port);
    await first.lose();
    using late = clientTo(dns, {}, dialerOptions);
    await expect(portOf(late)).resolves.toBe(second.port);
    expect(late.errors).toEqual([]);
  },

  async "DNS itself has an old answer"() {
    await using server = await startRedis();
    await using dns = await dnsTo(await freePort());
    using client = clientTo(dns, { connectTimeout: DEADLINE });
    const reply = portOf(client);
    await errorWith("ERR_SRV_CONNECT", client);
    await using api = await startCloudMap();
    api.set(NAME, [instance("a2", server.port)]);
    const resolver = [resolverTo(dns), cloudMapResolver({ client: api.client })];
    using knowing = clientTo(dns, {}, { resolver });
    await expect(portOf(knowing)).resolves.toBe(server.port);
    expect(knowing.errors).toEqual([]);
    leadTo(dns, server.port);
    await expect(reply).resolves.toBe(server.port);
  },

  async "Redis is loading"() {
    await using loading = await startLoadingRedis();
    await using dns = await dnsTo(loading.port);
    using client = clientTo(dns, { maxLoadingRetryTime: 100 });
    const reply = client.redis.get(loading.key);
    await until(() => client.redis.status === "connect");
    expect(loading.isLoaded()).toBe(false);
    await loading.hurry();
    await expect(reply).resolves.toHaveLength(100);
    expect(client.errors).toEqual([]);
  },

  async "Redis was replaced"() {
    await using first = await startRedis();
    await using second = await startRedis();
    await using dns = await dnsTo(first.port);
    using client = clientTo(dns, { connectTimeout: DEADLINE });
    await client.redis.set("key", "first");
    await first.stop();
    dns.remove(NAME);
    const reply = client.redis.get("key");
    await errorWith("ERR_SRV_NO_RECORDS", client);
    leadTo(dns, second.port);
    await expect(reply).resolves.toBeNull();
    await expect(portOf(client)).resolves.toBe(second.port);
  },

  async "Redis is frozen"() {
    await using server = await startRedis();
    await using dns = await dnsTo(server.port);
    using patient = clientTo(dns);
    using hasty = clientTo(dns, { commandTimeout: 1_000 });
    using probing = clientTo(dns, { socketTimeout: 1_000 });
    const clients = [patient, hasty, probing];
    await until(() => clients.every(({ redis }) => redis.status === "ready"));
    server.signal("SIGSTOP");
    const waiting = patient.redis.ping();
    const probe = probing.redis.ping();
    await expect(hasty.redis.ping()).rejects.toThrow("Command timed out");
    await until(() => probing.redis.status !== "ready");
    expect(probing.errors[0]?.message).toMatch(/socket timeout/i);
    expect(patient).toMatchObject({ errors: [], redis: { status: "ready" } });
    server.signal("SIGCONT");
    await expect(Promise.all([waiting, probe])).resolves.toEqual(["PONG", "PONG"]);
  },

  async "Redis turns clients away"() {
    await using full = await startFullRedis();
    await using server = await startRedis();
    await using dns = await dnsTo(full.port);
    using client = clientTo(dns, { connectTimeout: DEADLINE });
    const reply = portOf(client);
    await errorWith("ERR_SRV_CONNECT", client);
    leadTo(dns, full.port, server.port);
    await expect(reply).resolves.toBe(server.port);
    using only = clientTo(dns);
    full.leave();
    leadTo(dns, full.port);
    await expect(portOf(only)).resolves.toBe(full.port);
  },

  async "another service has the port"() {
    await using other = await startListener((socket) => socket.write("220 mail.example.com\r\n"));
    await using server = await startRedis();
    await using dns = await dnsTo(other.port);
    using client = clientTo(dns, { connectTimeout: DEADLINE });
    const reply = portOf(client);
    const { message } = await errorWith("ERR_SRV_CONNECT", client);
    expect(message).toMatch(/answers PING with "220 mail.*which is not Redis/);
    leadTo(dns, server.port);
    await expect(reply).resolves.toBe(server.port);
  },

  async "one of several targets is gone"() {
    await using lost = await startLosableRedis();
    await lost.lose();
    await using server = await startRedis();
    for (const gone of [await freePort(), lost.port]) {
      await using dns = await dnsTo(gone, server.port);
      using client = clientTo(dns);
      await expect(portOf(client)).resolves.toBe(server.port);
      expect(client.errors).toEqual([]);
    }
  },

  async "a certificate is not trusted, or a TLS option is wrong"() {
    const files = { cert: readFileSync(TLS_FILES.cert), key: readFileSync(TLS_FILES.key) };
    await using server = await startListener(() => {}, createTlsServer(files));
    await using dns = await dnsTo(server.port);
    using client = clientTo(dns, { connectTimeout: 600_000, tls: {} });
    const { message } = await errorWith("ERR_SRV_CONNECT", client);
    expect(message).toContain("self-signed certificate");
  },
};

describe("a client of createRedis, when", () => {
  it("something fails that the page lists, has a test for each row", () => {
    expect(Object.keys(ROWS)).toEqual(failureRows());
  });

  it.each(Object.entries(ROWS))("%s", async (_row, test) => {
    expect.hasAssertions();
    await test();
  });
});
