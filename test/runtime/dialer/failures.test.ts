import { setTimeout as sleep } from "node:timers/promises";

import { readFileSync } from "node:fs";
import { createServer as createTlsServer } from "node:tls";

import { describe, expect, it, vi } from "vitest";

import { TLS_FILES } from "../../support/tls/certificates.ts";

import { cloudMapResolver } from "../../../runtime/src/cloud-map.ts";
import { createSrvDialer } from "../../../runtime/src/dialer/dialer.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import type { SrvConnectorOptions } from "../../../runtime/src/ioredis.ts";
import type { SrvDialerOptions } from "../../../runtime/src/base/types.ts";
import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { listenTo } from "../support/channels.ts";
import { instance, startCloudMap } from "../support/fake-cloud-map.ts";
import {
  HOST,
  NAME,
  asked,
  dnsTo,
  failureOf,
  leadTo,
  portOf,
  startListener,
} from "../support/dialing.ts";
import { type RowTests, failureRows } from "../support/failure-rows.ts";
import { connectorTo } from "../support/redis-clients.ts";
import { startFullRedis, startLoadingRedis, startLosableRedis } from "../support/redis-servers.ts";

/** Age in ms from which an answer is refreshed when its targets fail. */
const YOUNGEST = 112;

/** Cache options with which answers expire at once. */
const EXPIRING = { cache: { minTtl: 0, maxTtl: 0 } };

function dialerOf(dns: { address: string }, options: SrvDialerOptions = {}) {
  return createSrvDialer(NAME, { resolver: dnsResolver({ servers: [dns.address] }), ...options });
}

/** One dial with `verify`: its socket, or its error if the socket is destroyed. */
async function dialRedis(dns: { address: string }, options: SrvConnectorOptions = {}) {
  const connector = new (connectorTo(dns, options))({ host: NAME });
  const socket = await connector.connect(() => {});
  return { socket, error: connector.firstError };
}

const ROWS: RowTests = {
  async "DNS is down, an answer is known"() {
    await using server = await startRedis();
    await using dns = await dnsTo(server.port);
    const dialers = [dialerOf(dns, EXPIRING), dialerOf(dns, EXPIRING)] as const;
    for (const dialer of dialers) await portOf(dialer.connect());
    using stale = listenTo("srv-dialer:stale");

    const heal = dns.fault("servfail", { type: "SRV" });
    await expect(portOf(dialers[0].connect())).resolves.toBe(server.port);
    heal();
    dns.fault("drop", { type: "SRV" });
    const silent = performance.now();
    await expect(portOf(dialers[1].connect())).resolves.toBe(server.port);
    expect(performance.now() - silent).toBeGreaterThan(1_790);
    expect(stale).toHaveLength(2);
    expect(stale[0]).toMatchObject({ name: NAME, targets: [{ host: HOST, port: server.port }] });
    // Later dials do not wait.
    for (const dialer of dialers) {
      for (let dial = 0; dial < 5; dial++) await portOf(dialer.connect());
    }
    expect(stale).toHaveLength(12);
  },

  async "DNS is down, nothing is known"() {
    await using dns = await dnsTo(1);
    const heal = dns.fault("servfail");
    expect(await failureOf(dialerOf(dns).connect())).toMatchObject({ code: "ERR_SRV_RESOLVE" });
    heal();
    dns.fault("drop");
    dns.queries.length = 0;
    const impatient = dialerOf(dns).connect({ timeout: 100 });
    expect(await failureOf(impatient)).toMatchObject({ code: "ERR_SRV_TIMEOUT" });
    dns.queries.length = 0;
    const asking = performance.now();
    expect(await failureOf(dialerOf(dns).connect())).toMatchObject({ code: "ERR_SRV_RESOLVE" });
    expect(performance.now() - asking).toBeGreaterThan(2_990);
    expect(dns.queries).toHaveLength(3);
  },

  async "no records"() {
    await using dns = await dnsTo();
    dns.remove(NAME);
    expect(await failureOf(dialerOf(dns).connect())).toMatchObject({ code: "ERR_SRV_NO_RECORDS" });
    expect(dns.queries).toHaveLength(1);
  },

  async "the host of an open connection is lost"() {
    await using first = await startLosableRedis();
    await using second = await startRedis();
    await using dns = await dnsTo(first.port);
    const kept = await dialerOf(dns).connect();
    const { socket: looked } = await dialRedis(dns, { recheck: 20, cache: false });
    await first.lose();
    leadTo(dns, second.port);
    kept.write("PING\r\n");
    await vi.waitUntil(() => looked.destroyed, { timeout: 30_000, interval: 20 });
    expect(kept.destroyed).toBe(false);
    kept.destroy();
  },

  async "the cached answer is old, its target refuses"() {
    await using first = await startRedis();
    await using second = await startRedis();
    await using dns = await dnsTo(first.port);
    const dialer = dialerOf(dns);
    await portOf(dialer.connect());

    leadTo(dns, second.port);
    await first.stop();
    await sleep(YOUNGEST);
    await expect(portOf(dialer.connect())).resolves.toBe(second.port);
    expect(asked(dns)).toBe(2);
  },

  async "the cached answer is old, its host is lost"() {
    await using first = await startLosableRedis();
    await using second = await startRedis();
    await using dns = await dnsTo(first.port);
    const attemptDelay = 50;
    const dialer = dialerOf(dns, { attemptDelay });
    await portOf(dialer.connect());

    leadTo(dns, second.port);
    await first.lose();
    using attempts = listenTo("srv-dialer:attempt");
    const dialing = performance.now();
    await expect(portOf(dialer.connect())).resolves.toBe(second.port);
    expect(performance.now() - dialing).toBeGreaterThan(attemptDelay - 5);
    // The silent attempt is still in the race, so it is not repeated.
    expect(attempts.map(({ port }) => port)).toEqual([first.port, second.port]);
  },

  async "DNS itself has an old answer"() {
    const old = await freePort();
    await using server = await startRedis();
    await using dns = await dnsTo(old);
    const dialer = dialerOf(dns);
    await dialer.resolve();
    const error = await failureOf(dialer.connect());
    expect(error).toMatchObject({ code: "ERR_SRV_CONNECT", attempts: [{ port: old }] });

    await using api = await startCloudMap();
    api.set(NAME, [instance("a2", server.port)]);
    const resolver = [
      dnsResolver({ servers: [dns.address] }),
      cloudMapResolver({ client: api.client }),
    ];
    await expect(portOf(dialerOf(dns, { resolver }).connect())).resolves.toBe(server.port);
  },

  async "Redis is loading"() {
    await using loading = await startLoadingRedis();
    await using dns = await dnsTo(loading.port);
    const { socket, error } = await dialRedis(dns);
    expect(loading.isLoaded()).toBe(false);
    expect(error).toBeUndefined();
    expect(socket).toMatchObject({ destroyed: false, remotePort: loading.port });
    socket.destroy();
  },

  async "Redis was replaced"() {
    await using first = await startRedis();
    await using second = await startRedis();
    await using dns = await dnsTo(first.port);
    const dialer = dialerOf(dns);
    await portOf(dialer.connect());
    await first.stop();
    // In between the name has no records.
    dns.remove(NAME);
    await sleep(YOUNGEST);
    expect(await failureOf(dialer.connect())).toMatchObject({ code: "ERR_SRV_CONNECT" });
    expect(await failureOf(dialer.connect())).toMatchObject({ code: "ERR_SRV_NO_RECORDS" });
    leadTo(dns, second.port);
    await expect(
      vi.waitFor(() => portOf(dialer.connect()), { timeout: 30_000, interval: 20 }),
    ).resolves.toBe(second.port);
  },

  async "Redis is frozen"() {
    await using server = await startRedis();
    await using dns = await dnsTo(server.port);
    server.signal("SIGSTOP");
    const verified = await dialRedis(dns, { timeout: 300 });
    expect(verified.socket.destroyed).toBe(true);
    expect(verified.error).toMatchObject({
      code: "ERR_SRV_TIMEOUT",
      attempts: [{ port: server.port, phase: "verify" }],
    });
    const { socket } = await dialRedis(dns, { verify: false });
    expect(socket.remotePort).toBe(server.port);
    socket.destroy();
  },

  async "Redis turns clients away"() {
    await using full = await startFullRedis();
    await using server = await startRedis();
    await using dns = await dnsTo(full.port);
    // A deadline could come while another try is unfinished, which is all that the error then says.
    const away = await dialRedis(dns, { wait: false });
    expect(away.socket.destroyed).toBe(true);
    // If a server closes at once, its reply may be lost.
    expect(away.error?.message).toMatch(
      /refuses the client: ERR max number of clients reached|ECONNRESET|EPIPE|closed before/,
    );
    dns.setSrv(NAME, [
      { host: HOST, port: full.port, priority: 1 },
      { host: HOST, port: server.port, priority: 2 },
    ]);
    const { socket } = await dialRedis(dns);
    expect(socket.remotePort).toBe(server.port);
    socket.destroy();
    const unverified = await dialRedis(dns, { verify: false });
    expect(unverified.socket.remotePort).toBe(full.port);
    unverified.socket.destroy();
  },

  async "another service has the port"() {
    await using other = await startListener((socket) => socket.write("220 mail.example.com\r\n"));
    await using dns = await dnsTo(other.port);
    const { socket, error } = await dialRedis(dns, { wait: false });
    expect(socket.destroyed).toBe(true);
    expect(error).toMatchObject({
      code: "ERR_SRV_CONNECT",
      attempts: [{ port: other.port, phase: "verify" }],
      message: expect.stringMatching(/answers PING with "220 mail.*which is not Redis/),
    });
  },

  async "one of several targets is gone"() {
    await using lost = await startLosableRedis();
    await lost.lose();
    await using server = await startRedis();
    // The second one has a later priority: at the first dial it waits two seconds for a silent one.
    for (const [gone, first, later] of [
      [await freePort(), 0, 0],
      [lost.port, 2_000, 100],
    ] as const) {
      await using dns = await dnsTo(gone, server.port);
      const dialer = dialerOf(dns);
      using attempts = listenTo("srv-dialer:attempt");
      for (const wait of [first, later]) {
        const dialing = performance.now();
        await expect(portOf(dialer.connect())).resolves.toBe(server.port);
        expect(performance.now() - dialing).toBeGreaterThan(wait - 5);
      }
      const tried = attempts.map(({ port }) => port);
      expect(tried).toEqual([gone, server.port, gone, server.port]);
    }
  },

  async "a certificate is not trusted, or a TLS option is wrong"() {
    const files = { cert: readFileSync(TLS_FILES.cert), key: readFileSync(TLS_FILES.key) };
    await using server = await startListener(() => {}, createTlsServer(files));
    await using dns = await dnsTo(server.port);
    for (const [tls, reason] of [
      [{}, "self-signed certificate"],
      [{ minVersion: "TLSv9" as "TLSv1.3" }, "TLSv9"],
    ] as const) {
      const dial = dialerOf(dns, { tls, wait: true, timeout: 600_000 }).connect();
      const { code, attempts } = await failureOf(dial);
      expect({ code, attempts }).toMatchObject({
        code: "ERR_SRV_CONNECT",
        attempts: [{ phase: "tls", tries: 1, error: { message: expect.stringContaining(reason) } }],
      });
    }
  },
};

describe("connect, when", () => {
  it("something fails that the page tells of, has a test for each row", () => {
    expect(Object.keys(ROWS)).toEqual(failureRows());
  });

  it.each(Object.entries(ROWS))("%s", async (_row, test) => {
    expect.hasAssertions();
    await test();
  });
});
