import { getEventListeners, getMaxListeners } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { createSrvDialer, dnsResolver } from "../../../runtime/src/index.ts";
import { Lifetime, systemClock } from "../../../runtime/src/base/time.ts";
import { startDnsServer } from "../../../runtime/src/testing.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";
import { startUpstream } from "../support/sockets.ts";

const REASON = new Error("over");

/** Number of timers that keep this process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((each) => each === "Timeout").length;
}

describe("the system's clock", () => {
  it.each([
    [undefined, 0],
    [{ ref: true }, 1],
  ])("sets a timer that keeps the process alive only with ref: %j", (options, expected) => {
    const before = timers();
    const clear = systemClock.setTimeout(() => {}, 60_000, options);
    expect(timers() - before).toBe(expected);
    clear();
    expect(timers()).toBe(before);
  });

  it("calls back once, unless it is cleared before, and not with the global timers, which tests replace", async () => {
    vi.stubGlobal("setTimeout", () => expect.unreachable());
    try {
      const started = systemClock.now();
      const passed = await new Promise<number>((resolve) => {
        systemClock.setTimeout(() => resolve(0), 1)();
        systemClock.setTimeout(() => resolve(systemClock.now() - started), 20, { ref: true });
      });
      expect(passed).toBeGreaterThan(15);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it("sets no timer for a negative time, for which Node.js prints a warning", () => {
    const warn = vi.spyOn(process, "emitWarning");
    systemClock.setTimeout(() => {}, -5)();
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});

describe("a lifetime", () => {
  it("ends once, with the first reason", () => {
    const lifetime = new Lifetime();
    const listener = vi.fn<(reason: Error) => void>();
    lifetime.onEnd(listener);
    lifetime.end(REASON);
    lifetime.end(new Error("again"));
    expect(lifetime.reason).toBe(REASON);
    expect(listener.mock.calls).toEqual([[REASON]]);
  });

  it("ends with a signal, which keeps one listener for all, and its limit of listeners", () => {
    const controller = new AbortController();
    const { signal } = controller;
    const limit = getMaxListeners(signal);
    const lifetimes = Array.from({ length: 100 }, () => new Lifetime());
    for (const each of lifetimes) each.endWithSignal(signal, () => REASON);
    expect(getEventListeners(signal, "abort")).toHaveLength(1);
    expect(getMaxListeners(signal)).toBe(limit);
    for (const each of lifetimes.slice(1)) each.release();
    controller.abort();
    expect(lifetimes.map(({ reason }) => reason).filter(Boolean)).toEqual([REASON]);
    expect(getEventListeners(signal, "abort")).toHaveLength(0);
  });

  it("waits for a result or its end, and stops waiting once in each case", async () => {
    const lifetime = new Lifetime();
    const stop = vi.fn<() => void>();
    await expect(lifetime.wait((resolve) => (setImmediate(resolve, "done"), stop))).resolves.toBe(
      "done",
    );
    await expect(lifetime.wait((_, reject) => (setImmediate(reject, REASON), stop))).rejects.toBe(
      REASON,
    );
    const endless = lifetime.wait(() => stop);
    lifetime.end(REASON);
    await expect(endless).rejects.toBe(REASON);
    expect(stop).toHaveBeenCalledTimes(3);
    await expect(lifetime.wait(() => expect.unreachable())).rejects.toBe(REASON);
  });

  it("calls its listeners even if removing the listener of a polyfilled signal fails", () => {
    const lifetime = new Lifetime();
    const onEnd = vi.fn<(reason: Error) => void>();
    lifetime.onEnd(onEnd);
    const polyfill = { aborted: false, addEventListener: () => {} } as unknown as AbortSignal;
    lifetime.endWithSignal(polyfill);
    expect(() => lifetime.end(REASON)).toThrow(TypeError);
    expect(onEnd).toHaveBeenCalledWith(REASON);
  });

  it("ends with another, later or immediately, and unsubscribes at its own end", () => {
    const [other, first, second] = [new Lifetime(), new Lifetime(), new Lifetime()];
    const left = vi.spyOn(other, "offEnd");
    first.endWith(other);
    first.end(new Error("its own"));
    expect(left).toHaveBeenCalledTimes(1);
    second.endWith(other);
    other.end(REASON);
    const late = new Lifetime();
    late.endWith(other);
    expect([first.reason?.message, second.reason, late.reason]).toEqual([
      "its own",
      REASON,
      REASON,
    ]);
  });

  it.each(["end", "release"] as const)("leaves no timer and no listener upon %s", (how) => {
    const clock = new VirtualClock();
    const { signal } = new AbortController();
    const [lifetime, other] = [new Lifetime(), new Lifetime()];
    lifetime.endAfter(1_000, clock, () => REASON);
    lifetime.endWithSignal(signal);
    lifetime.endWith(other);
    expect([clock.pending, getEventListeners(signal, "abort").length]).toEqual([1, 1]);
    lifetime[how](REASON);
    expect([clock.pending, getEventListeners(signal, "abort").length]).toEqual([0, 0]);
    other.end(new Error("too late"));
    expect(lifetime.reason).toBe(how === "end" ? REASON : undefined);
    lifetime.end(REASON);
    lifetime.endAfter(1_000, clock, () => REASON);
    expect(clock.pending).toBe(0);
  });
});

/** A signal of a polyfill, which only has methods to add and remove listeners. */
function polyfillController() {
  const listeners = new Set<() => void>();
  const signal = {
    aborted: false,
    reason: undefined as unknown,
    addEventListener: (_type: string, listener: () => void) => void listeners.add(listener),
    removeEventListener: (_type: string, listener: () => void) => void listeners.delete(listener),
  };
  const abort = (reason: Error): void => {
    Object.assign(signal, { aborted: true, reason });
    for (const listener of listeners) listener();
  };
  return { signal: signal as unknown as AbortSignal, listeners, abort };
}

/** The warnings of Node.js during a function. */
async function warningsOf(work: () => Promise<unknown>): Promise<string[]> {
  const warnings: string[] = [];
  const note = (warning: Error): void => void warnings.push(String(warning));
  process.on("warning", note);
  try {
    await work();
    // Node.js emits them one tick later.
    await new Promise(setImmediate);
  } finally {
    process.off("warning", note);
  }
  return warnings;
}

describe("lifetimes that end with one signal", () => {
  it.each([
    ["a signal of Node.js", () => Object.assign(new AbortController(), { listeners: new Set() })],
    ["a polyfill's", polyfillController],
  ])("end in the order in which they came, unless released, with %s", (_, make) => {
    const controller: { signal: AbortSignal; listeners: Set<unknown>; abort(e: Error): void } =
      make();
    const order: string[] = [];
    const released = new Lifetime();
    released.endWithSignal(controller.signal);
    released.release();
    for (const word of ["first", "second"]) {
      const lifetime = new Lifetime();
      lifetime.onEnd(({ message }) => order.push(message));
      lifetime.endWithSignal(controller.signal, (cause) => new Error(`${word} ${String(cause)}`));
    }
    controller.abort(REASON);
    expect(order).toEqual(["first Error: over", "second Error: over"]);
    expect(released.reason).toBeUndefined();
    expect(controller.listeners.size).toBe(0);
  });

  it("are hundreds of parallel dials and queries, without a warning, and leave no listener", async () => {
    await using dns = await startDnsServer();
    await using upstream = await startUpstream((socket) => void socket.resume());
    const name = "dev-redis.dev-ecs";
    dns.setSrv(name, { host: "a1.dev-ecs", port: upstream.port, addresses: ["127.0.0.1"] });
    const resolver = dnsResolver({ servers: [dns.address] });
    const dialer = createSrvDialer(name, { resolver, family: 4 });
    const { signal } = new AbortController();
    const warnings = await warningsOf(async () => {
      const calls = Array.from({ length: 1_000 });
      await Promise.all(calls.map(() => dialer.resolve({ signal })));
      // Fewer for those with a socket: a process can have only 1024 open files.
      const some = calls.slice(0, 200);
      const sockets = await Promise.all(some.map(() => dialer.connect({ signal })));
      for (const socket of sockets) socket.destroy();
      await Promise.all(some.map(() => resolver.resolve(name, { signal })));
    });

    // Another test of this process may still ask an API that is down.
    const ofOthers = /^SrvDialerWarning: DiscoverInstances /;
    expect(warnings.filter((warning) => !ofOthers.test(warning))).toEqual([]);
    expect(getEventListeners(signal, "abort")).toEqual([]);
  });
});
