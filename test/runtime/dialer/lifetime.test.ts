import { getEventListeners } from "node:events";
import { readFileSync } from "node:fs";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createServer as createTlsServer } from "node:tls";

import { describe, expect, it, vi } from "vitest";

import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { TLS_FILES } from "../../support/tls/certificates.ts";
import type { SrvDialer } from "../../../runtime/src/base/types.ts";
import { createSrvDialer } from "../../../runtime/src/dialer/dialer.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import type { DnsServer } from "../../../runtime/src/testing.ts";
import {
  type Listener,
  NAME,
  dnsTo,
  failureOf,
  leadTo,
  startListener,
} from "../support/dialing.ts";
import { dialerIn, leading } from "../support/network.ts";
import { trackResources } from "../support/resources.ts";
import { silentResolver } from "../support/silent-resolver.ts";

const cert = readFileSync(TLS_FILES.cert);
const key = readFileSync(TLS_FILES.key);

/** Functions that end a dial, with the code and the words of its error. */
const ENDS: readonly [string, string, (dialer: SrvDialer, controller: AbortController) => void][] =
  [
    ["ERR_SRV_ABORTED", "aborted", (_dialer, controller) => controller.abort("because")],
    ["ERR_SRV_CLOSED", "ended: the dialer was closed", (dialer) => dialer.close()],
  ];

describe("the end of a dial", () => {
  it.each(ENDS)("is immediate, with %s and what was tried", async (code, message, end) => {
    const { dialer, clock, connections } = leading({ 1: "silent" });
    const { dialer: unresolved } = dialerIn({}, { resolver: silentResolver() });
    const controller = new AbortController();
    const { signal } = controller;
    const calls: Promise<unknown>[] = [dialer.dial({ signal }), unresolved.resolve({ signal })];
    const failures = Promise.all(calls.map(failureOf));
    await clock.advance(0);
    for (const each of [dialer, unresolved]) end(each, controller);
    const errors = await failures;
    expect(errors.map((error) => error.message)).toEqual([
      `Dial of ${NAME} ${message}: 127.0.0.1:1: still waiting for the connection`,
      `Resolving ${NAME} ${message}`,
    ]);
    for (const error of errors) {
      expect(error).toMatchObject({ code, hostname: NAME });
      expect(error.cause).toBe(code === "ERR_SRV_ABORTED" ? "because" : undefined);
    }
    await clock.advance(0);
    expect(connections[0]?.socket.destroyed).toBe(true);
  });

  it("is the deadline of its dialer, for resolve too", async () => {
    const { dialer, clock } = dialerIn({}, { resolver: silentResolver(), timeout: 50 });
    const failure = failureOf(dialer.resolve());
    await clock.advance(50);
    const message = `Resolving ${NAME} not done within 50 ms`;
    expect(await failure).toMatchObject({ code: "ERR_SRV_TIMEOUT", message });
  });

  it("comes before its begin if the signal was aborted before", async () => {
    const { dialer, asked } = leading({ 1: "accepts" });
    const signal = AbortSignal.abort();
    for (const call of [dialer.connect({ signal }), dialer.resolve({ signal })]) {
      expect((await failureOf(call)).code).toBe("ERR_SRV_ABORTED");
    }
    expect(asked).toEqual([[]]);
  });

  it("leaves no listener, and a connection stays open at a later abort", async () => {
    const { dialer } = leading({ 1: "accepts" });
    const controller = new AbortController();
    const socket = await dialer.connect({ signal: controller.signal });
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    controller.abort();
    expect(socket.destroyed).toBe(false);
    expect(socket.eventNames()).not.toContain("error");
  });
});

type IsReached = (dns: DnsServer, server: Listener) => boolean;
const isAsked =
  (wanted: string): IsReached =>
  (dns) =>
    dns.queries.some(({ type }) => type === wanted);

describe("nothing is left", () => {
  it("of a dial that succeeded during the lookups of an IP version and a second target", async () => {
    using resources = trackResources();
    await using server = await startListener();
    await using dns = await dnsTo(server.port, server.port);
    dns.fault("drop", { type: "AAAA" });
    const dialer = createSrvDialer(NAME, { resolver: dnsResolver({ servers: [dns.address] }) });
    const socket = await dialer.connect();
    socket.destroy();
    await vi.waitFor(() => expect(new Set(resources.open())).toEqual(new Set(["Timeout"])));
    // Timers refresh its answers until it is closed.
    dialer.close();
    await expect(resources.allGone()).resolves.toBeUndefined();
  });

  it.each<[string, readonly string[], IsReached]>([
    ["while DNS is silent", ["SRV"], isAsked("SRV")],
    ["while addresses are looked up", ["A", "AAAA"], isAsked("A")],
    ["while a handshake is silent", [], (_dns, server) => server.sockets.size === 1],
  ])("of a dial that is aborted or closed %s", async (_when, dropped, isReached) => {
    using resources = trackResources();
    await using server = await startListener();
    await using dns = await dnsTo(server.port);
    for (const type of dropped) dns.fault("drop", { type });
    const resolver = dnsResolver({ servers: [dns.address] });
    for (const [code, , end] of ENDS) {
      dns.queries.length = 0;
      const dialer = createSrvDialer(NAME, { resolver, tls: { ca: cert } });
      const controller = new AbortController();
      const dialing = failureOf(dialer.connect({ signal: controller.signal }));
      await vi.waitUntil(() => isReached(dns, server));
      end(dialer, controller);
      expect(await dialing).toMatchObject({ code });
      dialer.close();
      await expect(resources.allGone()).resolves.toBeUndefined();
      await vi.waitUntil(() => server.sockets.size === 0);
    }
  });

  it("of a hundred dials, aborted or closed after an increasing number of turns of the event loop", async () => {
    using resources = trackResources();
    await using server = await startListener(() => {}, createTlsServer({ cert, key }));
    await using dns = await dnsTo(server.port);
    leadTo(dns, await freePort(), server.port);
    for (let turns = 0; turns < 50; turns++) {
      for (const [, , end] of ENDS) {
        const resolver = dnsResolver({ servers: [dns.address] });
        const dialer = createSrvDialer(NAME, { resolver, tls: { ca: cert } });
        const controller = new AbortController();
        const dialing = dialer.connect({ signal: controller.signal }).then(
          (socket) => socket.destroy(),
          () => {},
        );
        for (let turn = 0; turn < turns; turn++) await nextTurn();
        end(dialer, controller);
        await dialing;
        dialer.close();
      }
    }
    await expect(resources.allGone()).resolves.toBeUndefined();
    await vi.waitFor(() => expect(server.sockets.size).toBe(0));
  });
});
