import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { getEventListeners } from "node:events";

import { describe, expect, it, vi } from "vitest";

import { createSrvDialer } from "../../../runtime/src/dialer/dialer.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import type { SrvDialer } from "../../../runtime/src/base/types.ts";
import {
  NAME,
  dnsTo,
  failureOf,
  leadTo,
  resolverOf,
  startListener,
  target,
} from "../support/dialing.ts";
import { silentResolver } from "../support/silent-resolver.ts";

/** Waits for a condition, which loopback fulfills within milliseconds. */
function until(holds: () => boolean): Promise<unknown> {
  return vi.waitUntil(holds, { timeout: 30_000, interval: 2 });
}

describe("the deadline", () => {
  it("covers an unanswered handshake, and lists it", async () => {
    await using server = await startListener();
    const resolver = resolverOf(target(server.port));
    const error = await failureOf(
      createSrvDialer(NAME, { resolver, tls: true, timeout: 200 }).connect(),
    );
    expect(error.code).toBe("ERR_SRV_TIMEOUT");
    expect(error.message).toContain(`127.0.0.1:${server.port}: still waiting`);
    expect(error.attempts).toMatchObject([{ port: server.port, phase: "tls" }]);
    await until(() => server.sockets.size === 0);
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

  it("accepts a polyfilled signal, which is not an EventTarget of Node.js", async () => {
    const listeners = new Set<() => void>();
    const signal = {
      aborted: false,
      reason: new Error("enough"),
      addEventListener: (_type: string, listener: () => void) => void listeners.add(listener),
      removeEventListener: (_type: string, listener: () => void) => void listeners.delete(listener),
    };
    const resolver = silentResolver();
    const dialer = createSrvDialer(NAME, { resolver });
    const dialing = failureOf(dialer.connect({ signal: signal as unknown as AbortSignal }));
    await until(() => resolver.signals.length > 0);
    for (const listener of listeners) listener();
    expect(await dialing).toMatchObject({ code: "ERR_SRV_ABORTED", cause: signal.reason });
    expect(listeners.size).toBe(0);
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
    await using dns = await dnsTo(1);
    using dialer = createSrvDialer(NAME, {
      resolver: dnsResolver({ servers: [dns.address] }),
      cache: { minTtl: 0, maxTtl: 50, minRefresh: 0 },
    });
    const reported: number[][] = [];
    dialer.watch((targets) => reported.push(targets.map(({ port }) => port)));
    await until(() => reported.length === 1);
    leadTo(dns, 2, 3);
    await until(() => reported.length === 2);
    dns.remove(NAME);
    await until(() => reported.length === 3);
    expect(reported).toEqual([[1], [2, 3], []]);
  });
});
