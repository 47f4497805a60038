import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createServer as createTlsServer } from "node:tls";

import { describe, expect, it, vi } from "vitest";

import { createSrvDialer } from "../../../runtime/src/dial/dialer.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import type { DnsServer } from "../../../runtime/src/testing.ts";
import type {
  SrvAnswer,
  SrvDialer,
  SrvResolver,
  SrvTarget,
  SrvVerify,
} from "../../../runtime/src/base/types.ts";
import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { TLS_FILES } from "../../../harness/ecs/programs/tls/certificates.ts";
import { listenTo } from "../support/channels.ts";
import {
  type Listener,
  NAME,
  dnsTo,
  failureOf,
  leadTo,
  resolverOf,
  startListener,
  target,
} from "../support/dialing.ts";
import { trackResources } from "../support/resources.ts";

const cert = readFileSync(TLS_FILES.cert);
const key = readFileSync(TLS_FILES.key);

/** A promise that the test resolves. */
function createGate(): { readonly opened: Promise<unknown>; readonly open: () => void } {
  const events = new EventEmitter();
  return { opened: once(events, "open"), open: () => void events.emit("open") };
}

/** A check that succeeds when the gate opens. */
function readyAfter({ opened }: { readonly opened: Promise<unknown> }): SrvVerify {
  return async () => void (await opened);
}

/** Reads and sends nothing, so that it detects the end of the client. */
function keepSilent(socket: Socket): void {
  socket.resume();
}

/** A dialer whose attempts have the result of the check, with a head start of 10 ms each. */
function dialerWith(
  targets: readonly SrvTarget[],
  verify: SrvVerify,
  lookup?: SrvResolver["lookup"],
): SrvDialer {
  const resolver = { ...resolverOf(...targets), ...(lookup === undefined ? {} : { lookup }) };
  return createSrvDialer(NAME, { resolver, attemptDelay: 10, verify });
}

describe("a dial", () => {
  it("dials the new targets of another dial, even if the answer is too young to be refreshed", async () => {
    // Both wait for a handshake with the wrong server, which closes them one after the other.
    await using wrong = await startListener();
    await using right = await startListener(() => {}, createTlsServer({ cert, key }));
    let port = wrong.port;
    const resolve = vi.fn<() => Promise<SrvAnswer>>(() =>
      Promise.resolve({ targets: [target(port)], ttl: 60 }),
    );
    const dialer = createSrvDialer(NAME, {
      resolver: { resolve },
      tls: { ca: cert },
      attemptDelay: 2_000,
      cache: { minRefresh: 60_000 },
    });
    await dialer.resolve();
    const first = dialer.connect();
    await vi.waitFor(() => expect(wrong.sockets.size).toBe(1));
    const second = dialer.connect();
    await vi.waitFor(() => expect(wrong.sockets.size).toBe(2));
    const [ofFirst, ofSecond] = wrong.sockets;
    port = right.port;
    // Until now the cached answer was younger than minRefresh.
    await dialer.resolve({ refresh: true });

    ofFirst?.destroy();
    const socket = await first;
    expect(socket.remotePort).toBe(right.port);
    ofSecond?.destroy();
    const other = await second;
    expect(other.remotePort).toBe(right.port);
    expect(resolve).toHaveBeenCalledTimes(2);
    socket.destroy();
    other.destroy();
  });

  it("gives its own endpoint if two attempts succeed at the same time", async () => {
    await using one = await startListener();
    await using two = await startListener();
    const checks = new Set<Socket>();
    const gate = createGate();
    const dialer = dialerWith(
      [target(one.port), target(two.port, { priority: 1 })],
      async (socket) => {
        checks.add(socket);
        await gate.opened;
      },
    );
    using connected = listenTo("srv-dialer:connect");
    const dialing = dialer.connect();
    await vi.waitFor(() => expect(checks.size).toBe(2));
    gate.open();
    const socket = await dialing;
    expect(connected[0]?.["port"]).toBe(socket.remotePort);
    socket.destroy();
  });

  it("cancels a lookup that is no longer needed", async () => {
    await using server = await startListener();
    const lookups: AbortSignal[] = [];
    const gate = createGate();
    const targets = [target(server.port), target(1, { host: "a2.dev-ecs", priority: 1 })];
    const lookup: SrvResolver["lookup"] = (_host, { signal }) => {
      lookups.push(signal);
      return new Promise(() => {});
    };
    const dialer = dialerWith(targets, readyAfter(gate), lookup);
    const dialing = dialer.connect();
    await vi.waitFor(() => expect(lookups).toHaveLength(2));
    gate.open();
    const socket = await dialing;
    expect(lookups.map(({ aborted }) => aborted)).toEqual([true, true]);
    socket.destroy();
  });

  it("puts a loser into the cooldown only if it had its head start", async () => {
    await using failing = await startListener(keepSilent);
    await using silent = await startListener(keepSilent);
    await using right = await startListener();
    const ports = [failing.port, silent.port, right.port];
    const gate = createGate();
    const verify: SrvVerify = async (socket, { signal }) => {
      if (socket.remotePort === right.port) return;
      await Promise.race([
        once(signal, "abort"),
        ...(socket.remotePort === failing.port ? [gate.opened] : []),
      ]);
      throw new Error("not meant");
    };
    const targets = ports.map((port, priority) => target(port, { priority }));
    const resolver = resolverOf(...targets);
    const dialer = createSrvDialer(NAME, { resolver, attemptDelay: 1_000, verify });
    using attempts = listenTo("srv-dialer:attempt");
    const dialing = dialer.connect();
    // The second attempt starts during the first, whose failure then starts the third at once.
    await vi.waitUntil(() => silent.sockets.size > 0, { timeout: 30_000, interval: 2 });
    gate.open();
    (await dialing).destroy();
    expect(attempts.map(({ port }) => port)).toEqual(ports);

    (await dialer.connect()).destroy();
    (await dialer.connect()).destroy();
    // In the next dial the second target is first. After its head start, later dials skip it.
    expect(attempts.slice(3).map(({ port }) => port)).toEqual([
      silent.port,
      right.port,
      right.port,
    ]);
  });
});

/** Functions that end a dial, by the code of its error. */
const ENDS: readonly [string, (dialer: SrvDialer, controller: AbortController) => void][] = [
  ["ERR_SRV_ABORTED", (_dialer, controller) => controller.abort()],
  ["ERR_SRV_CLOSED", (dialer) => dialer.close()],
];

describe("a call with a signal", () => {
  it("accepts a polyfilled one, which is not an EventTarget of Node.js", async () => {
    const listeners = new Set<() => void>();
    const signal = {
      aborted: false,
      reason: new Error("enough"),
      addEventListener: (_type: string, listener: () => void) => void listeners.add(listener),
      removeEventListener: (_type: string, listener: () => void) => void listeners.delete(listener),
    };
    const resolve = vi.fn<SrvResolver["resolve"]>(() => new Promise(() => {}));
    const dialer = createSrvDialer(NAME, { resolver: { resolve } });
    const dialing = failureOf(dialer.connect({ signal: signal as unknown as AbortSignal }));
    await vi.waitUntil(() => resolve.mock.calls.length > 0);
    for (const listener of listeners) listener();
    expect(await dialing).toMatchObject({ code: "ERR_SRV_ABORTED", cause: signal.reason });
    expect(listeners.size).toBe(0);
  });
});

function isSocket(kind: string): boolean {
  return kind !== "Timeout";
}

describe("nothing is left", () => {
  it("of a dial that succeeded during the lookups of an IP version and a second target", async () => {
    using resources = trackResources();
    await using server = await startListener();
    await using dns = await dnsTo(server.port, server.port);
    dns.fault("drop", { type: "AAAA" });
    const dialer = createSrvDialer(NAME, { resolver: dnsResolver({ servers: [dns.address] }) });
    const socket = await dialer.connect();
    socket.destroy();
    await vi.waitFor(() => expect(resources.open().filter(isSocket)).toEqual([]));
    // Timers refresh its answers until it is closed.
    dialer.close();
    await expect(resources.allGone()).resolves.toBeUndefined();
  });

  interface Scene {
    readonly dns: DnsServer;
    readonly server: Listener;
  }
  const hasBeenAsked =
    (wanted: string) =>
    ({ dns }: Scene): boolean =>
      dns.queries.some(({ type }) => type === wanted);

  it.each<[string, readonly string[], (scene: Scene) => boolean]>([
    ["while DNS is silent", ["SRV"], hasBeenAsked("SRV")],
    ["while addresses are looked up", ["A", "AAAA"], hasBeenAsked("A")],
    ["while a handshake is silent", [], ({ server }) => server.sockets.size === 1],
  ])("of a dial that is aborted or closed %s", async (_when, dropped, isReached) => {
    using resources = trackResources();
    await using server = await startListener(keepSilent);
    await using dns = await dnsTo(server.port);
    for (const type of dropped) dns.fault("drop", { type });
    const resolver = dnsResolver({ servers: [dns.address] });
    for (const [code, end] of ENDS) {
      dns.queries.length = 0;
      const dialer = createSrvDialer(NAME, { resolver, tls: { ca: cert } });
      const controller = new AbortController();
      const dialing = failureOf(dialer.connect({ signal: controller.signal }));
      await vi.waitUntil(() => isReached({ dns, server }));
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
      for (const [, end] of ENDS) {
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
