import { EventEmitter, once } from "node:events";
import { readFileSync } from "node:fs";
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import { createServer as createTlsServer } from "node:tls";

import { describe, expect, it, vi } from "vitest";

import type { Verify } from "../../../runtime/src/dial/attempt.ts";
import { Dialer, createSrvDialer } from "../../../runtime/src/dial/dialer.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { parseOptions } from "../../../runtime/src/dial/options.ts";
import type { DnsServer } from "../../../runtime/src/testing.ts";
import type {
  HostAddresses,
  SrvAnswer,
  SrvDialer,
  SrvResolver,
  SrvTarget,
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
function readyAfter({ opened }: { readonly opened: Promise<unknown> }): Verify {
  return async () => {
    await opened;
    return "ready";
  };
}

/** Reads and sends nothing, so that it detects the end of the client. */
function keepSilent(socket: Socket): void {
  socket.resume();
}

/** A dialer whose attempts have the result of the check, with a head start of 10 ms each. */
function dialerWith(
  targets: readonly SrvTarget[],
  verify: Verify,
  lookup?: SrvResolver["lookup"],
): Dialer {
  const resolver = { ...resolverOf(...targets), ...(lookup === undefined ? {} : { lookup }) };
  return new Dialer(parseOptions(NAME, { resolver, attemptDelay: 10 }), verify);
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
        return "ready";
      },
    );
    const dialing = dialer.dial();
    await vi.waitFor(() => expect(checks.size).toBe(2));
    gate.open();
    const { socket, port } = await dialing;
    expect(socket.remotePort).toBe(port);
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

  it("does not refresh the answer if a slow attempt finally succeeds", async () => {
    await using server = await startListener();
    const gate = createGate();
    const lookup = vi.fn<() => Promise<HostAddresses>>(() =>
      Promise.resolve({ addresses: [], ttl: 9 }),
    );
    const targets = [target(server.port), target(1, { host: "a2.dev-ecs", priority: 1 })];
    const resolver = { ...resolverOf(...targets), lookup };
    const resolve = vi.spyOn(resolver, "resolve");
    const options = { resolver, attemptDelay: 100, cache: { minRefresh: 0 } };
    const dialer = new Dialer(parseOptions(NAME, options), readyAfter(gate));
    await dialer.resolve();
    const dialing = dialer.connect();
    // Its head start is over, and there are no other targets: the search waits only for this attempt.
    await vi.waitUntil(() => lookup.mock.calls.length > 0, { interval: 5 });
    gate.open();
    const socket = await dialing;
    expect(resolve).toHaveBeenCalledTimes(1);
    socket.destroy();
  });

  it("puts a loser into the cooldown only if it had its head start", async () => {
    await using failing = await startListener(keepSilent);
    await using silent = await startListener(keepSilent);
    await using right = await startListener();
    const ports = [failing.port, silent.port, right.port];
    const gate = createGate();
    const verify: Verify = async (socket, lifetime) => {
      if (socket.remotePort === right.port) return "ready";
      await Promise.race([
        new Promise((_resolve, reject) => lifetime.onEnd(reject)),
        ...(socket.remotePort === failing.port ? [gate.opened] : []),
      ]);
      throw new Error("not meant");
    };
    const targets = ports.map((port, priority) => target(port, { priority }));
    const options = { resolver: resolverOf(...targets), attemptDelay: 1_000 };
    const dialer = new Dialer(parseOptions(NAME, options), verify);
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

  it("says how far each attempt got at its deadline", async () => {
    await using silent = await startListener(keepSilent);
    const port = await freePort();
    const dialer = createSrvDialer(NAME, {
      resolver: resolverOf(target(port), target(silent.port, { priority: 1 })),
      tls: { ca: cert },
    });
    const error = await failureOf(dialer.connect({ timeout: 150 }));
    expect(error).toMatchObject({
      code: "ERR_SRV_TIMEOUT",
      attempts: [
        { port, phase: "connect" },
        { port: silent.port, phase: "tls" },
      ],
    });
    expect(error.message).toBe(
      `Dial of ${NAME} not done within 150 ms: ` +
        `127.0.0.1:${port}: connect ECONNREFUSED 127.0.0.1:${port}; ` +
        `127.0.0.1:${silent.port}: unfinished (tls)`,
    );
  });

  it("lets one signal end many dials without a warning", async () => {
    const warnings: Error[] = [];
    const onWarning = (warning: Error): void => void warnings.push(warning);
    process.on("warning", onWarning);
    try {
      await using silent = await startListener(keepSilent);
      const dialer = createSrvDialer(NAME, {
        resolver: resolverOf(target(silent.port)),
        tls: { ca: cert },
      });
      const stop = new AbortController();
      const dials = Array.from({ length: 15 }, () =>
        failureOf(dialer.connect({ signal: stop.signal })),
      );
      await vi.waitFor(() => expect(silent.sockets.size).toBe(15));
      stop.abort();
      const codes = await Promise.all(dials.map(async (dial) => (await dial).code));
      expect(new Set(codes)).toEqual(new Set(["ERR_SRV_ABORTED"]));
      await vi.waitFor(() => expect(silent.sockets.size).toBe(0));
      expect(warnings).toEqual([]);
    } finally {
      process.off("warning", onWarning);
    }
  });
});

/** Functions that end a dial, by the code of its error. */
const ENDS: readonly [string, (dialer: SrvDialer, controller: AbortController) => void][] = [
  ["ERR_SRV_ABORTED", (_dialer, controller) => controller.abort()],
  ["ERR_SRV_CLOSED", (dialer) => dialer.close()],
];

describe("a call with a signal", () => {
  it("is aborted by one that was aborted before, even with a cached answer", async () => {
    const dialer = createSrvDialer(NAME, { resolver: resolverOf(target(1)) });
    await dialer.resolve();
    const signal = AbortSignal.abort();
    expect(await failureOf(dialer.resolve({ signal }))).toMatchObject({
      code: "ERR_SRV_ABORTED",
      cause: signal.reason,
    });
  });

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

  it.each([["stop"], [{}], [{ aborted: false }], [null]])("refuses %j", async (signal) => {
    using resources = trackResources();
    const dialer = createSrvDialer(NAME, { resolver: resolverOf(target(1)) });
    const wrong = { signal: signal as unknown as AbortSignal };
    for (const call of [dialer.resolve(wrong), dialer.connect(wrong)]) {
      expect(await failureOf(call)).toMatchObject({
        code: "ERR_SRV_INVALID_ARG",
        message: expect.stringMatching(/^Invalid signal: got .*; allowed: an AbortSignal$/),
      });
    }
    await expect(resources.allGone()).resolves.toBeUndefined();
  });

  it.each([[null], ["5 s"], [[]]])("refuses %j in place of its options", async (options) => {
    const dialer = createSrvDialer(NAME, { resolver: resolverOf(target(1)) });
    for (const call of [dialer.resolve(options as object), dialer.connect(options as object)]) {
      expect(await failureOf(call)).toMatchObject({
        code: "ERR_SRV_INVALID_ARG",
        message: expect.stringMatching(/^Invalid options: got .*; allowed: an object$/),
      });
    }
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
