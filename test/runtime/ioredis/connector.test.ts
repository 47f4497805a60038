import { readFileSync } from "node:fs";
import { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";

import { describe, expect, it, vi } from "vitest";

import { dnsResolver } from "../../../runtime/src/dns/dns-resolver.ts";
import { SrvConnector, createRedis } from "../../../runtime/src/ioredis.ts";
import { startRedis } from "../../../harness/programs/start-redis.ts";
import { TLS_FILES } from "../../../harness/programs/tls/certificates.ts";
import { NAME, dnsTo, leadTo, startListener } from "../support/dialing.ts";
import { connectorTo, startClient, until } from "../support/redis-clients.ts";

describe("what a client's options say of the connection", () => {
  it.each([-1, Number.NaN, Infinity, "5000"])(
    "is refused when connectTimeout is %s",
    (connectTimeout) => {
      expect(() => new SrvConnector({ host: NAME, connectTimeout })).toThrow(
        /^Invalid connectTimeout: got .*; allowed: milliseconds from 0 to 2147483647$/,
      );
    },
  );

  it.each([true, {}, "yes", 1])("is TLS with tls %j, as for ioredis itself", async (tls) => {
    await using server = await startListener((socket) => {
      socket.once("data", (hello) => hellos.push(hello[0] ?? 0));
    });
    const hellos: number[] = [];
    await using dns = await dnsTo(server.port);
    const Connector = connectorTo(dns);
    const connector = new Connector({ host: NAME, tls, connectTimeout: 10_000 });
    const connecting = connector.connect(() => {});
    await vi.waitUntil(() => hellos.length > 0);
    connector.disconnect();
    await expect(connecting).resolves.toMatchObject({ destroyed: true });
    // The record type of a TLS handshake (RFC 8446, section 5.1).
    expect(hellos).toEqual([22]);
  });
});

describe("a connection of a client", () => {
  it.each([
    ["keeps alive and without delay", { keepAlive: 12_345, noDelay: true }],
    ["otherwise", { keepAlive: 23_456, noDelay: false }],
  ])("is as the client's options say: %s", async (_how, options) => {
    const setKeepAlive = vi.spyOn(Socket.prototype, "setKeepAlive");
    const setNoDelay = vi.spyOn(Socket.prototype, "setNoDelay");
    try {
      await using server = await startRedis();
      await using dns = await dnsTo(server.port);
      using client = startClient(dns, options);
      await client.redis.ping();
      expect(setKeepAlive).toHaveBeenCalledExactlyOnceWith(true, options.keepAlive);
      expect(setNoDelay.mock.calls).toEqual(options.noDelay ? [[true]] : []);
    } finally {
      setKeepAlive.mockRestore();
      setNoDelay.mockRestore();
    }
  });

  it("is of the family that the client's options name", async () => {
    await using server = await startRedis();
    await using dns = await dnsTo(server.port);
    using client = startClient(dns, { family: 4 });
    await client.redis.ping();
    expect(dns.queries.map(({ type }) => type)).toEqual(["SRV", "A"]);
  });
});

describe("a connector", () => {
  it("holds an error of an old socket against no new one", async () => {
    await using server = await startRedis();
    await using dns = await dnsTo(server.port);
    const connector = new (connectorTo(dns))({ host: NAME });
    const old = await connector.connect(() => {});
    const current = await connector.connect(() => {});
    old.emit("error", new Error("late"));
    expect(connector.firstError).toBeUndefined();
    current.emit("error", new Error("now"));
    expect(connector.firstError).toMatchObject({ message: "now" });
    for (const socket of [old, current]) socket.destroy();
  });

  it("hands over nothing when it is disconnected, however far it has come", async () => {
    await using server = await startRedis();
    await using dns = await dnsTo(server.port);
    const Connector = connectorTo(dns, { cache: false });
    for (let turns = 0; turns < 30; turns++) {
      const connector = new Connector({ host: NAME, disconnectTimeout: 10 });
      const connecting = connector.connect(() => {});
      for (let turn = 0; turn < turns; turn++) await nextTurn();
      connector.disconnect();
      const socket = await connecting;
      await vi.waitUntil(() => socket.destroyed);
      expect(connector.firstError).toBeUndefined();
    }
  });
});

describe("a client that was disconnected", () => {
  it.each([
    ["while DNS is silent", "dns", {}],
    ["while addresses are looked up", "lookup", {}],
    ["while a handshake is silent", "hello", { tls: { ca: readFileSync(TLS_FILES.cert) } }],
    ["while its PING is unanswered", "verify", {}],
    ["when it was ready", "ready", {}],
  ])("%s ends, and connects again when told to", async (_when, stage, options) => {
    await using server = await startRedis("tls" in options ? { tls: TLS_FILES } : {});
    const heard: Buffer[] = [];
    await using silent = await startListener((socket) => {
      socket.on("data", (chunk) => heard.push(chunk));
    });
    await using dns = await dnsTo(stage === "ready" ? server.port : silent.port);
    if (stage === "dns") dns.fault("drop");
    if (stage === "lookup") dns.fault("drop", { type: "A" });
    using client = startClient(dns, options, { cache: false, family: 4 });
    const { redis } = client;
    await until(() => {
      if (stage === "dns") return dns.queries.length > 0;
      if (stage === "lookup") return dns.queries.some(({ type }) => type === "A");
      if (stage === "verify") return String(heard) === "*1\r\n$4\r\nPING\r\n";
      return stage === "ready" ? redis.status === "ready" : heard.length > 0;
    });
    redis.disconnect();
    await until(() => redis.status === "end" && silent.sockets.size === 0);

    dns.fault(null);
    leadTo(dns, server.port);
    await redis.connect();
    await expect(redis.ping()).resolves.toBe("PONG");
    expect(client.errors).toEqual([]);
  });
});

describe("createRedis with rediss+srv://", () => {
  it("checks the certificate of a Redis that speaks TLS, and retries until it is right", async () => {
    await using server = await startRedis({ tls: TLS_FILES });
    await using dns = await dnsTo(server.port);
    const errors: Error[] = [];
    const redis = createRedis(
      `rediss+srv://${NAME}`,
      {},
      { resolver: dnsResolver({ servers: [dns.address] }) },
    );
    try {
      redis.on("error", (error: Error) => errors.push(error));
      await until(() => errors.length > 0);
      expect(errors[0]).toMatchObject({ code: "ERR_SRV_CONNECT", attempts: [{ phase: "tls" }] });
      expect(errors[0]?.message).toContain("self-signed certificate");
    } finally {
      redis.disconnect();
    }
  });
});
