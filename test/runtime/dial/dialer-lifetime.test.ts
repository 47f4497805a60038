import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { getEventListeners } from "node:events";

import { describe, expect, it, vi } from "vitest";

import { createSrvDialer } from "../../../runtime/src/dial/dialer.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import type { DnsServer } from "../../../runtime/src/testing.ts";
import type {
  SrvDialer,
  SrvDialerOptions,
  SrvResolver,
  SrvTarget,
} from "../../../runtime/src/base/types.ts";
import {
  HOST,
  NAME,
  dnsTo,
  failureOf,
  leadTo,
  resolverOf,
  startListener,
  target,
} from "../support/dialing.ts";

/** A resolver that never answers, with promises for its call and its abort. */
function silentResolver() {
  const signals: AbortSignal[] = [];
  const resolve: SrvResolver["resolve"] = (_name, { signal }) => {
    signals.push(signal);
    return new Promise(() => {});
  };
  return { signals, resolve };
}

/** Waits for a condition, which loopback fulfills within milliseconds. */
function until(holds: () => boolean): Promise<unknown> {
  return vi.waitUntil(holds, { timeout: 30_000, interval: 2 });
}

/** A dial during the TLS handshake with a silent server. */
async function startSilentDial(options: SrvDialerOptions = {}, signal?: AbortSignal) {
  const server = await startListener();
  const dialer = createSrvDialer(NAME, {
    resolver: resolverOf(target(server.port)),
    tls: true,
    ...options,
  });
  const failure = failureOf(dialer.connect(signal === undefined ? {} : { signal }));
  await until(() => server.sockets.size === 1);
  return { dialer, server, failure, [Symbol.asyncDispose]: () => server.close() };
}

/** A dialer whose answers expire soon, and the ports that a watch reports. */
async function startWatch() {
  const dns = await dnsTo(1);
  const watch = await watchOf(dns);
  const dispose = (): Promise<void> => {
    watch.stop();
    return dns.close();
  };
  return { ...watch, dns, [Symbol.asyncDispose]: dispose };
}

async function watchOf(dns: DnsServer) {
  const dialer = createSrvDialer(NAME, {
    resolver: dnsResolver({ servers: [dns.address] }),
    cache: { minTtl: 0, maxTtl: 50, minRefresh: 0 },
  });
  const reported: number[][] = [];
  const stop = dialer.watch((targets: SrvTarget[]) =>
    reported.push(targets.map(({ port }) => port)),
  );
  await until(() => reported.length === 1);
  return { dialer, reported, stop };
}

/** Waits until the watch has read the records twice more. */
async function untilReadAgain({ dns }: { dns: { queries: unknown[] } }): Promise<void> {
  const before = dns.queries.length;
  await until(() => dns.queries.length >= before + 2);
}

describe("the deadline", () => {
  it("covers a silent DNS server", async () => {
    await using dns = await dnsTo(1);
    dns.fault("drop");
    const resolver = dnsResolver({ servers: [dns.address] });

    const error = await failureOf(createSrvDialer(NAME, { resolver, timeout: 50 }).connect());
    expect(error).toMatchObject({ code: "ERR_SRV_TIMEOUT", hostname: NAME, attempts: [] });
    expect(error.message).toBe(`Dial of ${NAME} not done within 50 ms: while resolving`);
  });

  it("covers a resolver that never settles, and aborts it", async () => {
    const resolver = silentResolver();
    const dialer = createSrvDialer(NAME, { resolver });

    expect(await failureOf(dialer.connect({ timeout: 20 }))).toMatchObject({
      code: "ERR_SRV_TIMEOUT",
    });
    expect(resolver.signals.map(({ aborted }) => aborted)).toEqual([true]);
    expect(dialer.stats()).toMatchObject({ failures: 1, pending: 0 });
  });

  it("covers an unanswered handshake, and lists it", async () => {
    await using dial = await startSilentDial({ timeout: 200 });

    const error = await dial.failure;
    expect(error.code).toBe("ERR_SRV_TIMEOUT");
    expect(error.message).toContain(`127.0.0.1:${dial.server.port}: unfinished`);
    expect(error.attempts).toMatchObject([{ port: dial.server.port, phase: "tls" }]);
    await until(() => dial.server.sockets.size === 0);
  });
});

describe("an aborted call", () => {
  it("ends while it resolves; the resolver is aborted if no other call waits", async () => {
    const resolver = silentResolver();
    const dialer = createSrvDialer(NAME, { resolver });
    const [first, second] = [new AbortController(), new AbortController()];
    const failures = [first, second].map(({ signal }) => failureOf(dialer.connect({ signal })));
    await until(() => resolver.signals.length === 1);

    first.abort();
    expect(await failures[0]).toMatchObject({ code: "ERR_SRV_ABORTED" });
    expect(resolver.signals[0]?.aborted).toBe(false);
    second.abort();
    expect(await failures[1]).toMatchObject({ code: "ERR_SRV_ABORTED" });
    expect(resolver.signals.map(({ aborted }) => aborted)).toEqual([true]);
  });

  it("ends during an attempt, whose socket is destroyed", async () => {
    const controller = new AbortController();
    await using dial = await startSilentDial({}, controller.signal);

    controller.abort();
    expect(await dial.failure).toMatchObject({
      code: "ERR_SRV_ABORTED",
      attempts: [{ port: dial.server.port }],
    });
    await until(() => dial.server.sockets.size === 0);
  });

  it("leaves no listener on a signal, and a connection stays open at a later abort", async () => {
    await using server = await startListener();
    const dialer = createSrvDialer(NAME, { resolver: resolverOf(target(server.port)) });
    const controller = new AbortController();

    const socket = await dialer.connect({ signal: controller.signal });
    expect(getEventListeners(controller.signal, "abort")).toEqual([]);
    controller.abort();
    expect(socket.destroyed).toBe(false);
    expect(socket.eventNames()).not.toContain("error");
    socket.destroy();
  });
});

describe("close", () => {
  it("ends pending resolves", async () => {
    const resolver = silentResolver();
    const dialer = createSrvDialer(NAME, { resolver });
    const failures = [failureOf(dialer.connect()), failureOf(dialer.resolve())];
    await until(() => resolver.signals.length === 1);

    dialer.close();
    for (const failure of failures) {
      expect(await failure).toMatchObject({ code: "ERR_SRV_CLOSED", hostname: NAME });
    }
    expect(resolver.signals[0]?.aborted).toBe(true);
  });

  it("ends pending dials", async () => {
    await using dial = await startSilentDial();

    dial.dialer.close();
    expect(await dial.failure).toMatchObject({ code: "ERR_SRV_CLOSED" });
    await until(() => dial.server.sockets.size === 0);
  });
});

describe("a subscriber of srv-dialer:connect", () => {
  it.each<[string, (dialer: SrvDialer, controller: AbortController) => void]>([
    ["ERR_SRV_ABORTED", (_dialer, controller) => controller.abort()],
    ["ERR_SRV_CLOSED", (dialer) => dialer.close()],
  ])("may end the call, which fails with %s and has no connection", async (code, end) => {
    await using server = await startListener();
    const dialer = createSrvDialer(NAME, { resolver: resolverOf(target(server.port)) });
    const controller = new AbortController();
    const onConnect = (): void => end(dialer, controller);
    subscribe("srv-dialer:connect", onConnect);
    try {
      const dialing = dialer.connect({ signal: controller.signal });
      expect(await failureOf(dialing)).toMatchObject({ code });
      await until(() => server.sockets.size === 0);
      expect(dialer.stats()).toMatchObject({ connects: 0, failures: 1 });
    } finally {
      unsubscribe("srv-dialer:connect", onConnect);
    }
  });
});

describe("watch", () => {
  it("notifies of the current set, then of every change, and of [] when the records are gone", async () => {
    await using watch = await startWatch();

    leadTo(watch.dns, 2, 3);
    await until(() => watch.reported.length === 2);
    watch.dns.remove(NAME);
    await until(() => watch.reported.length === 3);
    expect(watch.reported).toEqual([[1], [2, 3], []]);
  });

  it("does not notify while the set stays the same, or no server answers", async () => {
    await using watch = await startWatch();

    watch.dns.setSrv(NAME, { host: HOST, port: 1, ttl: 3 });
    await untilReadAgain(watch);
    watch.dns.fault("servfail");
    await untilReadAgain(watch);
    expect(watch.reported).toEqual([[1]]);
  });

  it.each(["stop", "close"] as const)("ends with %s", async (how) => {
    await using watch = await startWatch();

    if (how === "stop") watch.stop();
    else watch.dialer.close();
    const other = await watchOf(watch.dns);
    leadTo(watch.dns, 2);
    await until(() => other.reported.length === 2);
    await untilReadAgain(watch);
    expect(watch.reported).toEqual([[1]]);
    other.stop();
  });

  it("uses the TTL without a cache", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    try {
      const resolve = vi.fn<SrvResolver["resolve"]>(() =>
        Promise.resolve({ targets: [target(1)], ttl: 10 }),
      );
      const dialer = createSrvDialer(NAME, { resolver: { resolve }, cache: false });
      const stop = dialer.watch(() => {});
      // The TTL is ten seconds.
      await vi.advanceTimersByTimeAsync(9_999);
      expect(resolve).toHaveBeenCalledTimes(1);
      await vi.advanceTimersByTimeAsync(20_000);
      expect(resolve).toHaveBeenCalledTimes(3);
      stop();
    } finally {
      vi.useRealTimers();
    }
  });

  it("asks once per TTL, regardless of other answers in between", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    try {
      const resolve = vi.fn<SrvResolver["resolve"]>(() =>
        Promise.resolve({ targets: [target(1)], ttl: 10 }),
      );
      const dialer = createSrvDialer(NAME, { resolver: { resolve } });
      const stop = dialer.watch(() => {});
      await vi.advanceTimersByTimeAsync(95_000);
      // At the start, then after nine tenths of each TTL.
      expect(resolve).toHaveBeenCalledTimes(11);
      stop();
    } finally {
      vi.useRealTimers();
    }
  });
});
