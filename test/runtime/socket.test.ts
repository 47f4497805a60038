import assert from "node:assert";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";

import { describe, expect, it } from "vitest";

import mysql2 from "mysql2/package.json" with { type: "json" };
import pg from "pg/package.json" with { type: "json" };

import { dnsResolver } from "../../runtime/src/dns/resolver.ts";
import { type SrvDialer, createSrvDialer } from "../../runtime/src/index.ts";
import { srvSocket } from "../../runtime/src/socket.ts";
import { NAME, asked, dnsTo, resolverOf, startListener, target } from "./support/dialing.ts";
import { type Outcome, install, startNode } from "./support/installed.ts";
import { exchange, startEcho } from "./support/sockets.ts";
import { silentResolver } from "./support/silent-resolver.ts";
import { virtualSystemClock } from "./support/system-clock.ts";

it("is tested with the versions of clients that its page names", () => {
  const page = readFileSync(new URL("../../runtime/docs/databases.md", import.meta.url), "utf8");
  expect(page).toContain(`pg ${pg.version}, mysql2 ${mysql2.version}`);
});

/** Runs a program with a stream of the installed package in a new process. */
async function run(port: number, script: string): Promise<Outcome> {
  using installation = install();
  const program = `
    import { srvSocket } from "srv-dialer/socket";
    const resolver = { resolve: async () => ({ targets: [${JSON.stringify(target(port))}], ttl: 1 }) };
    const open = (options) => srvSocket("a.b", { resolver, ...options });
    ${script}`;
  const args = ["--input-type=module", "--eval", program];
  return await startNode(args, {}, installation.folder).outcome;
}

describe("srvSocket", () => {
  it("shares one cache for equal options that are written inline, however the name is written", async () => {
    await using echo = await startEcho();
    await using dns = await dnsTo(echo.port);
    const resolver = dnsResolver({ servers: [dns.address] });
    for (const name of [NAME, NAME.toUpperCase(), `${NAME}.`]) {
      const socket = srvSocket(name, { cache: { minTtl: 60_000 }, resolver });
      await expect(exchange(socket as object as Socket, "hello")).resolves.toBe("hello");
      expect(socket.remotePort).toBe(echo.port);
      socket.destroy();
    }
    expect(dns.queries.map(({ type }) => type).toSorted()).toEqual(["A", "AAAA", "SRV"]);
  });

  it.each<[string, (dialer: SrvDialer) => Pick<SrvDialer, "connect">]>([
    ["a dialer", (dialer) => dialer],
    ["an object around one", (dialer) => ({ connect: (options) => dialer.connect(options) })],
  ])("uses %s in place of the name, with its cache and its end", async (_what, dialerOf) => {
    await using echo = await startEcho();
    await using dns = await dnsTo(echo.port);
    const dialer = createSrvDialer(NAME, { resolver: dnsResolver({ servers: [dns.address] }) });
    for (let times = 0; times < 3; times++) {
      const socket = srvSocket(dialerOf(dialer));
      await expect(exchange(socket as object as Socket, "hello")).resolves.toBe("hello");
      socket.destroy();
    }
    expect(asked(dns)).toBe(1);
    dialer.close();
    const failed = once(srvSocket(dialerOf(dialer)).connect(), "error");
    await expect(failed).resolves.toMatchObject([{ code: "ERR_SRV_CLOSED" }]);
  });

  it("reports what a dialer of the caller's own throws", async () => {
    const failed = once(srvSocket({ connect: () => assert.fail("mine") }).connect(), "error");
    await expect(failed).resolves.toMatchObject([{ message: "mine" }]);
  });

  it("makes an error in a listener an uncaught exception, and still sends waiting data", async () => {
    await using echo = await startEcho();
    const script = `
      process.on("uncaughtException", (error) => console.log("uncaught:", error.message));
      const socket = open();
      socket.on("connect", () => { throw new Error("mine"); });
      socket.write("hello");
      socket.on("data", (chunk) => { console.log(String(chunk)); socket.destroy(); });`;
    const expected = { code: 0, stdout: "uncaught: mine\nhello\n", stderr: "" };
    expect(await run(echo.port, script)).toEqual(expected);
  });

  it("lets the process end with an unref'ed connection, and a dial keeps it alive until its deadline", async () => {
    await using silent = await startListener();
    const script = `
      open().unref().connect().on("connect", () => console.log("connected"));
      // Its handshake never ends.
      open({ tls: true, timeout: 300 }).unref().connect().on("error", ({ code }) => console.log(code));`;
    const stdout = "connected\nERR_SRV_TIMEOUT\n";
    expect(await run(silent.port, script)).toEqual({ code: 0, stdout, stderr: "" });
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
    const socket = srvSocket(NAME, { resolver: resolverOf(), timeout: 100 });
    await expect(once(socket.connect(), "error")).resolves.toMatchObject([
      { code: "ERR_SRV_NO_RECORDS", hostname: NAME },
    ]);
  });

  it.each<[unknown, object | undefined, string]>([
    [{}, undefined, "Invalid service: got {}; allowed: an SRV name, or a dialer: an object with a"],
    [undefined, undefined, "Invalid service: got undefined; allowed: an SRV name, or a dialer"],
    [
      createSrvDialer(NAME),
      { timeout: 1 },
      "Invalid options: got 'object'; allowed: none with a dialer: give them to",
    ],
    [NAME, [], "Invalid options: got []; allowed: an object"],
    ["127.0.0.1", undefined, "Invalid name: got '127.0.0.1'; allowed: a name with SRV records"],
    ["postgres://app:secret@dev-db", {}, "Invalid name: got '[hidden]@dev-db'"],
    [NAME, { recheck: 9 }, "Invalid recheck: got 9"],
    [NAME, { host: "db" }, "Unknown option host; allowed: resolver, timeout, "],
  ])("refuses %s with %j immediately", (name, options, message) => {
    const refused = expect.objectContaining({ code: "ERR_SRV_INVALID_ARG" });
    expect(() => srvSocket(name as string, options)).toThrow(refused);
    expect(() => srvSocket(name as string, options)).toThrow(message);
  });
});
