import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { createServer } from "node:tls";

import { describe, expect, it } from "vitest";

import mysql2 from "mysql2/package.json" with { type: "json" };
import mysql2Oldest from "mysql2-oldest/package.json" with { type: "json" };
import pg from "pg/package.json" with { type: "json" };
import pgOldest from "pg-oldest/package.json" with { type: "json" };
import redis from "redis/package.json" with { type: "json" };
import runtime from "../../runtime/package.json" with { type: "json" };

import { startRedis } from "../../harness/ecs/programs/start-redis.ts";
import { TLS_FILES } from "../../harness/ecs/programs/tls/certificates.ts";
import { dnsResolver } from "../../runtime/src/dns/resolver.ts";
import { createSrvDialer } from "../../runtime/src/index.ts";
import { srvSocket } from "../../runtime/src/socket.ts";
import {
  NAME,
  asked,
  dnsTo,
  leadTo,
  resolverOf,
  startListener,
  target,
} from "./support/dialing.ts";
import { install, startNode } from "./support/installed.ts";
import { startLosableRedis } from "./support/redis-servers.ts";
import { exchange, startEcho } from "./support/sockets.ts";
import { silentResolver } from "./support/silent-resolver.ts";
import { virtualSystemClock } from "./support/system-clock.ts";

const ca = readFileSync(TLS_FILES.cert);

it("is tested with the oldest pg and mysql2 that the package allows, and the newest of their majors", () => {
  expect(runtime.peerDependencies).toMatchObject({
    pg: `>=${pgOldest.version} <9`,
    mysql2: `>=${mysql2Oldest.version} <4`,
  });
  expect([pg.version, mysql2.version]).toEqual([
    expect.stringMatching(/^8\./),
    expect.stringMatching(/^3\./),
  ]);
});

it("has the tested versions in the README", () => {
  const readme = readFileSync(new URL("../../runtime/README.md", import.meta.url), "utf8");
  for (const [client, ...versions] of [
    ["pg", pgOldest, pg],
    ["mysql2", mysql2Oldest, mysql2],
    ["redis", redis],
  ] as const) {
    const listed = versions.map(({ version }) => version).join(" and ");
    expect(readme).toContain(`| ${client} ${listed}`);
  }
});

describe("srvSocket", () => {
  it("gives a stream to the service of the name", async () => {
    await using echo = await startEcho();
    const socket = srvSocket(NAME, { resolver: resolverOf(target(echo.port)) });
    await expect(exchange(socket as object as Socket, "hello")).resolves.toBe("hello");
    expect(socket.remotePort).toBe(echo.port);
    socket.destroy();
  });

  it("makes 3 DNS queries for 20 connections with equal options that are written inline", async () => {
    await using listener = await startListener();
    await using dns = await dnsTo(listener.port);
    const resolver = dnsResolver({ servers: [dns.address] });
    // Only a stream keeps its dialer.
    const kept = srvSocket(NAME, { resolver, cache: { minTtl: 2_000 } });
    for (let times = 0; times < 20; times++) {
      const socket = srvSocket(NAME, { cache: { minTtl: 2_000 }, resolver }).connect();
      await once(socket, "connect");
      socket.destroy();
    }
    expect(dns.queries.map(({ type }) => type).toSorted()).toEqual(["A", "AAAA", "SRV"]);
    kept.destroy();
  });

  it("shares one cache for a name in upper case, and with a trailing dot", async () => {
    await using listener = await startListener();
    await using dns = await dnsTo(listener.port);
    const resolver = dnsResolver({ servers: [dns.address] });
    const cache = { minTtl: 60_000 };
    for (const name of [NAME, NAME.toUpperCase(), `${NAME}.`]) {
      const socket = srvSocket(name, { resolver, cache }).connect();
      await once(socket, "connect");
      socket.destroy();
    }
    expect(asked(dns)).toBe(1);
  });

  it("uses a dialer in place of the name", async () => {
    await using listener = await startListener();
    await using dns = await dnsTo(listener.port);
    const dialer = createSrvDialer(NAME, { resolver: dnsResolver({ servers: [dns.address] }) });
    for (let times = 0; times < 3; times++) {
      const socket = srvSocket(dialer).connect();
      await once(socket, "connect");
      socket.destroy();
    }
    expect(asked(dns)).toBe(1);
    expect(dialer.stats()).toMatchObject({ connects: 3 });
    dialer.close();
    await expect(once(srvSocket(dialer).connect(), "error")).resolves.toMatchObject([
      { code: "ERR_SRV_CLOSED" },
    ]);
  });

  it("uses TLS if the dialer does", () => {
    const socket = srvSocket(createSrvDialer(NAME, { tls: true }));
    expect(socket).toMatchObject({ encrypted: true });
    socket.destroy();
  });

  it("uses TLS if the options say so", async () => {
    const server = createServer({ cert: ca, key: readFileSync(TLS_FILES.key) });
    await using listener = await startListener((socket) => void socket.write("hello"), server);
    const resolver = resolverOf(target(listener.port));
    const socket = srvSocket(NAME, { resolver, tls: { ca } });
    const [greeting]: unknown[] = await once(socket, "data");
    expect(String(greeting)).toBe("hello");
    expect(socket).toMatchObject({ encrypted: true, authorized: true, authorizationError: null });
    socket.destroy();
  });

  it("is closed by resetAndDestroy over TLS, which has no reset", async () => {
    const server = createServer({ cert: ca, key: readFileSync(TLS_FILES.key) });
    await using listener = await startListener((socket) => void socket.write("hello"), server);
    const resolver = resolverOf(target(listener.port));
    const socket = srvSocket(NAME, { resolver, tls: { ca } });
    await once(socket, "data");
    expect(socket.resetAndDestroy().destroyed).toBe(true);
    await once(socket, "close");
  });

  it("makes an error in a listener an uncaught exception, and still sends waiting data", async () => {
    await using echo = await startEcho();
    using installation = install();
    const script = `
      import { srvSocket } from "srv-dialer/socket";
      const resolver = { resolve: async () => ({ targets: [${JSON.stringify(target(echo.port))}], ttl: 1 }) };
      process.on("uncaughtException", (error) => console.log("uncaught:", error.message));
      const socket = srvSocket("a.b", { resolver });
      socket.on("connect", () => { throw new Error("mine"); });
      socket.write("hello");
      socket.on("data", (chunk) => { console.log(String(chunk)); socket.destroy(); });`;
    const args = ["--input-type=module", "--eval", script];
    const outcome = await startNode(args, {}, installation.folder).outcome;
    expect(outcome).toEqual({ code: 0, stdout: "uncaught: mine\nhello\n", stderr: "" });
  });

  it("ends a connection to a lost host with recheck when the records have a new endpoint", async () => {
    await using lost = await startLosableRedis();
    await using next = await startRedis();
    await using dns = await dnsTo(lost.port);
    const options = { resolver: dnsResolver({ servers: [dns.address] }), cache: false } as const;
    const [looking, waiting] = [{ ...options, recheck: 50 }, options].map((each) =>
      srvSocket(NAME, each).connect(),
    );
    if (!looking || !waiting) throw new Error("there are two sockets");
    await Promise.all([once(looking, "connect"), once(waiting, "connect")]);
    await lost.lose();
    leadTo(dns, next.port);
    const [error]: unknown[] = await once(looking, "error");
    expect(error).toMatchObject({ code: "ERR_SRV_MOVED", hostname: NAME });
    expect(looking.destroyed).toBe(true);
    expect(waiting.destroyed).toBe(false);
    waiting.destroy();
  });

  it.each([9, true, "5 s"])("refuses recheck %j", (recheck) => {
    expect(() => srvSocket(NAME, { recheck: recheck as never })).toThrow(
      /^Invalid recheck: got .*; allowed: milliseconds from 10 /,
    );
  });

  it("works without options", () => {
    const socket = srvSocket(NAME);
    expect(socket.pending).toBe(true);
    socket.destroy();
  });

  it("gives up after 9 s, before the limit of 10 s of mysql2", async () => {
    const clock = virtualSystemClock();
    const resolver = silentResolver();
    const socket = srvSocket(NAME, { resolver, timeout: undefined } as object).connect();
    const failed = once(socket, "error");
    await clock.advance(8_999);
    expect(socket.destroyed).toBe(false);
    await clock.advance(1);
    await expect(failed).resolves.toMatchObject([{ code: "ERR_SRV_TIMEOUT" }]);
  });

  it("fails with the error of the dial", async () => {
    const failed = once(
      srvSocket(NAME, { resolver: resolverOf(), timeout: 300 }).connect(),
      "error",
    );
    await expect(failed).resolves.toMatchObject([{ code: "ERR_SRV_NO_RECORDS", hostname: NAME }]);
    const late = srvSocket(NAME, { resolver: silentResolver(), timeout: 20 });
    await expect(once(late.connect(), "error")).resolves.toMatchObject([
      { code: "ERR_SRV_TIMEOUT" },
    ]);
  });

  it.each<[unknown, object | undefined, string | RegExp]>([
    [
      {},
      undefined,
      "Invalid service: got {}; allowed: an SRV name, or a dialer of createSrvDialer",
    ],
    [
      createSrvDialer(NAME),
      { timeout: 1 },
      "Invalid options: got 'object'; allowed: none with a dialer: give them to",
    ],
    [NAME, [], "Invalid options: got []; allowed: an object"],
    ["127.0.0.1", undefined, "Invalid name: got '127.0.0.1'; allowed: a name with SRV records"],
    ["postgres://app:secret@dev-db", {}, "Invalid name: got '[hidden]@dev-db'"],
    [NAME, { timeout: -1 }, "Invalid timeout: got -1"],
    [NAME, { host: "db" }, "Unknown option host; allowed: resolver, timeout, "],
  ])("refuses %s with %j immediately", (name, options, message) => {
    expect(() => srvSocket(name as string, options)).toThrow(message);
  });
});
