import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";

import { describe, expect, it, vi } from "vitest";

import { startRedis } from "../../../harness/ecs/programs/start-redis.ts";
import { TLS_FILES } from "../../support/tls/certificates.ts";
import { NAME, asked, dnsTo, leadTo, startListener } from "../support/dialing.ts";
import { connectorTo, startClient, until } from "../support/redis-clients.ts";
import { command } from "../support/redis-servers.ts";
import { virtualSystemClock } from "../support/system-clock.ts";

describe("the options of a client for the connection", () => {
  it.each([
    ["after the client was created", {}],
    ["and are those of its original in a duplicate", { _initialFamily: 4 }],
  ])("do not change the IP versions %s, as iovalkey does", async (_when, familyFallback) => {
    await using server = await startRedis();
    await using dns = await dnsTo(server.port);
    const isDuplicate = "_initialFamily" in familyFallback;
    const options = { host: NAME, family: isDuplicate ? 6 : 4, familyFallback };
    const connector = new (connectorTo(dns))({ ...options, connectTimeout: 1_000 });
    Object.assign(options, { family: 6 });
    const socket = await connector.connect(() => {});
    expect(socket.remoteFamily).toBe("IPv4");
    connector.disconnect();
  });

  it.each([true, {}, "yes", 1])("use TLS with tls %j, as in ioredis itself", async (tls) => {
    await using server = await startListener((socket) => {
      socket.once("data", (hello) => hellos.push(hello[0] ?? 0));
    });
    const hellos: number[] = [];
    await using dns = await dnsTo(server.port);
    const connector = new (connectorTo(dns))({ host: NAME, tls, connectTimeout: 10_000 });
    const connecting = connector.connect(() => {});
    await vi.waitUntil(() => hellos.length > 0);
    connector.disconnect();
    await expect(connecting).resolves.toMatchObject({ destroyed: true });
    // The record type of a TLS handshake (RFC 8446, section 5.1).
    expect(hellos).toEqual([22]);
  });
});

describe("the deadline of a client's dial", () => {
  it.each([
    ["the smaller of both: timeout", { timeout: 100 }, 10_000, 100],
    ["the smaller of both: connectTimeout", { timeout: 10_000 }, 100, 100],
    ["a connectTimeout of 30 s, when no timeout was given", {}, 30_000, 30_000],
    ["a timeout of 30 s, when connectTimeout is 0", { timeout: 30_000 }, 0, 30_000],
    ["a timeout of 30 s, when connectTimeout is null", { timeout: 30_000 }, null, 30_000],
    ["10 s, when neither was given", {}, undefined, 10_000],
  ])("is %s", async (_what, options, connectTimeout, deadline) => {
    const pings: string[] = [];
    await using silent = await startListener((socket) => {
      socket.on("data", (chunk) => pings.push(String(chunk)));
    });
    await using dns = await dnsTo(silent.port);
    const connector = new (connectorTo(dns, options))({ host: NAME, connectTimeout });
    const clock = virtualSystemClock();
    let isOver = false;
    const dialing = connector.connect(() => {}).finally(() => (isOver = true));
    while (pings.length === 0) await nextTurn();
    await clock.advance(deadline - 1);
    expect(isOver).toBe(false);
    await clock.advance(1);
    expect(await dialing).toMatchObject({ destroyed: true });
    expect(connector.firstError).toMatchObject({
      code: "ERR_SRV_TIMEOUT",
      message: expect.stringContaining(`not done within ${deadline} ms`),
      attempts: [{ port: silent.port, phase: "verify" }],
    });
  });
});

describe("a connection of a client", () => {
  it.each([
    ["has the IP version in the client's options", 4, {}],
    ["has that of the class, regardless of the client's", 6, { family: 4 }],
  ] as const)("%s", async (_title, family, dialerOptions) => {
    await using server = await startRedis();
    await using dns = await dnsTo(server.port);
    using client = startClient(dns, { family }, dialerOptions);
    await client.redis.ping();
    expect(dns.queries.map(({ type }) => type)).toEqual(["SRV", "A"]);
  });

  it("shares a cache with those of its class for the name, regardless of case and trailing dot", async () => {
    await using server = await startRedis();
    await using dns = await dnsTo(server.port);
    const Connector = connectorTo(dns);
    for (const host of [NAME, NAME.toUpperCase(), `${NAME}.`]) {
      const connector = new Connector({ host });
      (await connector.connect(() => {})).destroy();
    }
    expect(asked(dns)).toBe(1);
  });
});

describe("a connector", () => {
  it("does not use an error of an old socket for a new one", async () => {
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

  it("gives no connection if it is disconnected at any point", async () => {
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

  it("gives none if a subscriber of the connect channel disconnects it", async () => {
    await using server = await startListener((socket) =>
      socket.on("data", () => socket.write("+PONG\r\n")),
    );
    await using dns = await dnsTo(server.port);
    const connector = new (connectorTo(dns))({ host: NAME });
    const onConnect = (): void => queueMicrotask(() => connector.disconnect());
    subscribe("srv-dialer:connect", onConnect);
    try {
      await expect(connector.connect(() => {})).resolves.toMatchObject({ destroyed: true });
    } finally {
      unsubscribe("srv-dialer:connect", onConnect);
    }
  });
});

describe("a client that was disconnected", () => {
  it.each([
    ["before it connects", "wait", { lazyConnect: true }],
    ["when it is connected, and not ready", "connect", {}],
    ["while it waits for records", "records", {}],
    ["while DNS is silent", "dns", {}],
    ["while addresses are looked up", "lookup", {}],
    ["while a handshake is silent", "hello", { tls: { ca: readFileSync(TLS_FILES.cert) } }],
    ["while its PING is unanswered", "verify", {}],
    ["when it was ready", "ready", {}],
  ])("%s ends, and connects again when requested", async (_when, stage, options) => {
    await using server = await startRedis("tls" in options ? { tls: TLS_FILES } : {});
    const heard: Buffer[] = [];
    await using silent = await startListener((socket) => {
      socket.on("data", (chunk) => heard.push(chunk));
    });
    const isStatus = ["wait", "connect", "ready"].includes(stage);
    await using dns = await dnsTo(isStatus ? server.port : silent.port);
    if (stage === "records") dns.remove(NAME);
    if (stage === "dns") dns.fault("drop");
    if (stage === "lookup") dns.fault("drop", { type: "A" });
    using client = startClient(dns, options, { cache: false, family: 4 });
    const { redis } = client;
    // A status may be a short one.
    if (isStatus && redis.status !== stage) await once(redis, stage);
    await until(() => {
      if (isStatus) return true;
      if (stage === "records") return dns.queries.length > 1;
      if (stage === "dns") return dns.queries.length > 0;
      if (stage === "lookup") return dns.queries.some(({ type }) => type === "A");
      if (stage === "verify") return String(heard) === "*1\r\n$4\r\nPING\r\n";
      return heard.length > 0;
    });
    redis.disconnect();
    await until(() => /end|wait/.test(redis.status) && silent.sockets.size === 0);
    dns.fault(null);
    leadTo(dns, server.port);
    await redis.connect();
    await expect(redis.ping()).resolves.toBe("PONG");
    expect(client.errors).toEqual([]);
  });
});

describe("close() of a connector's class", () => {
  it("ends pending dials, clears the cache, and lets a later client start again", async () => {
    await using silent = await startListener();
    await using server = await startRedis();
    await using dns = await dnsTo(silent.port);
    const Connector = connectorTo(dns);
    const pending = new Connector({ host: NAME });
    const connecting = pending.connect(() => {});
    await vi.waitUntil(() => silent.sockets.size > 0);
    Connector.close();
    expect(await connecting).toMatchObject({ destroyed: true });
    expect(pending.firstError).toMatchObject({ code: "ERR_SRV_CLOSED", hostname: NAME });
    await vi.waitUntil(() => silent.sockets.size === 0);
    expect(asked(dns)).toBe(1);
    leadTo(dns, server.port);
    // The same one again, as of a client that retries, and another one.
    for (const connector of [pending, new Connector({ host: NAME })]) {
      const socket = await connector.connect(() => {});
      expect(socket.destroyed).toBe(false);
      socket.destroy();
    }
    expect(asked(dns)).toBe(2);
  });

  it("keeps open connections; their clients resolve again when they reconnect", async () => {
    await using server = await startRedis();
    await using dns = await dnsTo(server.port);
    const Connector = connectorTo(dns);
    using client = startClient(dns, { Connector });
    const id = await client.redis.client("ID");
    Connector.close();
    Connector.close();
    await expect(client.redis.client("ID")).resolves.toBe(id);
    await command(server.port, async (other) => void (await other.client("KILL", "ID", id)));
    await expect(client.redis.ping()).resolves.toBe("PONG");
    expect(client.errors).toEqual([]);
    expect(asked(dns)).toBe(2);
  });
});
