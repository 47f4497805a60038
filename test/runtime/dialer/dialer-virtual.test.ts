import { Socket } from "node:net";
import { describe, expect, it, vi } from "vitest";

import { Interruption, Lifetime } from "../../../runtime/src/base/lifetime.ts";
import { createSrvDialer } from "../../../runtime/src/dialer/dialer.ts";
import type { SrvAnswer, SrvTarget, SrvResolver } from "../../../runtime/src/base/types.ts";
import { listenTo } from "../support/channels.ts";
import { failureOf } from "../support/failures.ts";
import { type Port, dialerIn } from "../support/network.ts";
import {
  NAME,
  answerWith,
  failingResolver,
  resolverInTurn,
  resolverOf,
  target,
} from "../support/sources.ts";

const silentResolver = { resolve: () => new Promise<never>(() => {}) };
const CLOSED = { code: "ERR_SRV_CLOSED", hostname: NAME };
const portsOf = (targets: readonly SrvTarget[]): number[] => targets.map(({ port }) => port);

/** A dialer with records for these ports. */
function leading(ports: Readonly<Record<number, Port>>) {
  const targets = Object.keys(ports).map((port) => target(Number(port)));
  return dialerIn(ports, { resolver: resolverOf(...targets) });
}

/** The ports that a watch reports. The resolver returns its answers in turn. */
function watching(...answers: readonly (SrvAnswer | Error)[]) {
  const resolve = resolverInTurn(...answers);
  const led = dialerIn({ 1: "accepts" }, { resolver: { resolve } });
  const reported: number[][] = [];
  const stop = led.dialer.watch((targets) => reported.push(portsOf(targets)));
  return { ...led, resolve, reported, stop };
}

describe("the targets that a dialer resolves", () => {
  it("are copies in dial order", async () => {
    const [first, second] = [target(2, { priority: 2 }), target(1, { addresses: ["10.0.0.1"] })];
    const { dialer } = dialerIn({}, { resolver: resolverOf(first, second) });
    const targets = await dialer.resolve();
    expect(targets).toEqual([second, first]);
    expect(targets[0]?.addresses).not.toBe((await dialer.resolve())[0]?.addresses);
    dialer.close();
  });

  it("are ordered with the random numbers of its options", async () => {
    const resolver = resolverOf(target(1), target(2));
    for (const randoms of [
      [0.1, 0.9],
      [0.9, 0.1],
    ]) {
      const [first] = randoms;
      const { dialer } = dialerIn({}, { resolver, random: () => randoms.shift() ?? 0 });
      expect(portsOf(await dialer.resolve())).toEqual(first === 0.1 ? [1, 2] : [2, 1]);
      dialer.close();
    }
  });

  it("are cached, unless refresh is set", async () => {
    const resolve = resolverInTurn(answerWith([target(1)]), answerWith([target(2)]));
    const { dialer } = dialerIn({}, { resolver: { resolve } });
    expect(portsOf(await dialer.resolve())).toEqual([1]);
    expect(portsOf(await dialer.resolve({ refresh: false }))).toEqual([1]);
    expect(portsOf(await dialer.resolve({ refresh: true }))).toEqual([2]);
    expect(dialer.stats().resolves).toBe(2);
    dialer.close();
  });

  it("are those of the first source that has any; otherwise the error says why", async () => {
    const some = dialerIn({}, { resolver: [resolverOf(), resolverOf(target(1))] }).dialer;
    expect(portsOf(await some.resolve())).toEqual([1]);
    const none = dialerIn({}, { resolver: [failingResolver("down"), resolverOf()] }).dialer;
    expect(await failureOf(none.resolve())).toMatchObject({
      code: "ERR_SRV_RESOLVE",
      message: `Cannot resolve ${NAME}: down`,
    });
    some.close();
  });

  it("may be stale, which is reported", async () => {
    using stale = listenTo("srv-dialer:stale");
    const resolve = resolverInTurn(answerWith([target(1)], { ttl: 1 }), new Error("down"));
    const { dialer, clock } = dialerIn({}, { resolver: { resolve } });
    await dialer.resolve();
    expect(dialer.stats().staleAnswers).toBe(0);
    await clock.advance(2_000);
    expect(portsOf(await dialer.resolve())).toEqual([1]);
    expect(dialer.stats().staleAnswers).toBe(1);
    expect(stale).toHaveLength(1);
    dialer.close();
  });

  it.each([
    ["its deadline", "ERR_SRV_TIMEOUT", `Resolving ${NAME} not done within 10000 ms`],
    ["its signal", "ERR_SRV_ABORTED", `Resolving ${NAME} aborted`],
    ["the end of the dialer", "ERR_SRV_CLOSED", `Resolving ${NAME} ended: the dialer was closed`],
  ])("are no longer waited for at %s", async (_what, code, message) => {
    const { dialer, clock } = dialerIn({}, { resolver: silentResolver });
    const controller = new AbortController();
    const failure = failureOf(dialer.resolve({ signal: controller.signal }));
    await clock.advance(0);
    if (code === "ERR_SRV_ABORTED") controller.abort("because");
    if (code === "ERR_SRV_CLOSED") dialer.close();
    await clock.advance(10_000);
    const error = await failure;
    expect(error).toMatchObject({ code, message, hostname: NAME });
    expect(error.cause).toBe(code === "ERR_SRV_ABORTED" ? "because" : undefined);
    dialer.close();
    clock.expectNoTimers();
  });

  it("are not resolved if the signal was aborted before", async () => {
    const resolve = resolverInTurn(answerWith([target(1)]));
    const { dialer } = dialerIn({}, { resolver: { resolve } });
    const failure = failureOf(dialer.resolve({ signal: AbortSignal.abort() }));
    expect((await failure).code).toBe("ERR_SRV_ABORTED");
    expect(resolve).not.toHaveBeenCalled();
  });
});

describe("the connections of a dialer", () => {
  it("are counted, with failures, attempts, resolves and pending calls", async () => {
    const ports: Record<number, Port> = { 1: "refuses" };
    const { dialer, clock } = leading(ports);
    const none = {
      connects: 0,
      failures: 0,
      attempts: 0,
      resolves: 0,
      staleAnswers: 0,
      pending: 0,
    };
    expect(dialer.stats()).toEqual(none);
    await failureOf(dialer.connect());
    expect(dialer.stats()).toEqual({ ...none, failures: 1, attempts: 1, resolves: 1 });
    ports[1] = "silent";
    const dialing = dialer.connect().catch(() => {});
    await clock.advance(0);
    expect(dialer.stats()).toMatchObject({ pending: 1, attempts: 2, connects: 0 });
    ports[1] = "accepts";
    await dialer.connect();
    expect(dialer.stats()).toMatchObject({ pending: 1, attempts: 3, connects: 1, failures: 1 });
    dialer.close();
    await dialing;
    expect(dialer.stats()).toMatchObject({ pending: 0, connects: 1, failures: 2 });
  });

  it("are published as steps, each with its endpoint", async () => {
    using ended = listenTo("tracing:srv-dialer:connect:asyncEnd");
    const { dialer } = leading({ 1: "accepts" });
    await dialer.connect();
    const where = { host: "127.0.0.1", address: "127.0.0.1", port: 1 };
    expect([...ended]).toMatchObject([{ name: NAME, ...where }]);
    dialer.close();
  });

  it("have the TLS options of the call, if it has any", async () => {
    const { dialer, clock } = leading({ 1: "accepts" });
    // Nothing answers a handshake in this network.
    const failure = failureOf(dialer.dial({ tls: {}, timeout: 10 }));
    await clock.advance(10);
    expect((await failure).attempts).toMatchObject([{ port: 1, phase: "tls" }]);
    expect((await dialer.connect()).destroyed).toBe(false);
    dialer.close();
  });

  it.each([
    [{}, [], true],
    [{ ref: true }, [], true],
    [{ ref: false }, [1], false],
  ])("of a dial with %j keep the process alive, or not", async (options, unrefed, ref) => {
    const { dialer, connections, clock } = leading({ 1: "accepts" });
    const set = vi.spyOn(clock, "setTimeout");
    const unref = vi.spyOn(Socket.prototype, "unref");
    await dialer.dial(options);
    const { contexts } = unref.mock;
    unref.mockRestore();
    const quiet = connections.filter(({ socket }) => contexts.includes(socket));
    expect(quiet.map((each) => each.options.port)).toEqual(unrefed);
    expect(set).toHaveBeenCalledWith(expect.any(Function), 10_000, { ref });
    dialer.close();
  });

  it("are published when they fail", async () => {
    using failures = listenTo("srv-dialer:failure");
    const { dialer } = leading({ 1: "refuses" });
    const error = await failureOf(dialer.connect());
    expect([...failures]).toEqual([{ name: NAME, error }]);
  });

  it("end with their caller", async () => {
    const { dialer, clock } = leading({ 1: "silent" });
    const caller = new Lifetime();
    const failure = failureOf(dialer.dial({}, caller));
    await clock.advance(0);
    caller.end(new Interruption("ERR_SRV_ABORTED", "aborted by its caller"));
    expect((await failure).message).toContain(`Dial of ${NAME} aborted by its caller`);
  });

  it("stay open when it is closed", async () => {
    const { dialer } = leading({ 1: "accepts" });
    const socket = await dialer.connect();
    dialer.close();
    dialer.close();
    expect(socket.destroyed).toBe(false);
  });
});

describe("a dialer", () => {
  const { dialer } = dialerIn({}, { resolver: resolverOf(target(1)) });

  it("has its name", () => {
    expect(dialer.name).toBe(NAME);
    expect(createSrvDialer("_redis._tcp.example.com").name).toBe("_redis._tcp.example.com");
  });

  it.each<[string, () => Promise<unknown>]>([
    ["options: got null; allowed: an object", () => dialer.connect(null as never)],
    ["options: got 'x'; allowed: an object", () => dialer.resolve("x" as never)],
    ["signal: got 1; allowed: an AbortSignal", () => dialer.connect({ signal: 1 as never })],
    ["signal: got {}; allowed: an AbortSignal", () => dialer.resolve({ signal: {} as never })],
    [
      "signal: got { aborted: false }; allowed: an AbortSignal",
      () => dialer.connect({ signal: { aborted: false } as never }),
    ],
    ["timeout: got 0; allowed: milliseconds from 1", () => dialer.connect({ timeout: 0 })],
  ])("refuses %s", async (message, call) => {
    const error = await failureOf(call());
    expect(error.code).toBe("ERR_SRV_INVALID_ARG");
    expect(error.message).toContain(`Invalid ${message}`);
  });

  it("refuses a signal without the state of one", async () => {
    const signal = { addEventListener: () => {} } as never;
    expect((await failureOf(dialer.connect({ signal }))).code).toBe("ERR_SRV_INVALID_ARG");
  });

  it("refuses a signal whose listeners cannot be added, and leaves no timer", async () => {
    const { dialer: refusing, clock } = dialerIn({}, { resolver: resolverOf(target(1)) });
    const signal = { aborted: false, addEventListener: 1 } as never;
    expect((await failureOf(refusing.connect({ signal }))).code).toBe("ERR_SRV_INVALID_ARG");
    clock.expectNoTimers();
  });

  it("refuses a listener that is not a function", () => {
    expect(() => dialer.watch(1 as never)).toThrow("Invalid listener: got 1; allowed: a function");
  });

  it("refuses every call after close, and says so", async () => {
    const closed = dialerIn({}, { resolver: resolverOf(target(1)) }).dialer;
    closed.close();
    const message = `The dialer of ${NAME} is closed`;
    expect(await failureOf(closed.connect())).toMatchObject({ ...CLOSED, message });
    expect(await failureOf(closed.resolve())).toMatchObject({ ...CLOSED, message });
    expect(() => closed.watch(() => {})).toThrow(message);
  });
});

describe("the watch of a dialer in virtual time", () => {
  it("notifies of the targets immediately, and of each change when they expire", async () => {
    const answers = [1, 2].map((port) => answerWith([target(port)], { ttl: 2 }));
    const { reported, clock, dialer } = watching(...answers);
    await clock.advance(0);
    expect(reported).toEqual([[1]]);
    await clock.advance(2_000);
    expect(reported).toEqual([[1], [2]]);
    dialer.close();
    clock.expectNoTimers();
  });

  it("notifies of a change that another call has found", async () => {
    const answers = [1, 2].map((port) => answerWith([target(port)], { ttl: 60 }));
    const { reported, clock, dialer } = watching(...answers);
    await clock.advance(0);
    await dialer.resolve({ refresh: true });
    await clock.advance(0);
    expect(reported).toEqual([[1], [2]]);
    dialer.close();
  });

  it("asks again after minTtl if there is no answer", async () => {
    const { reported, clock, dialer, resolve } = watching(
      new Error("down"),
      answerWith([target(1)]),
    );
    await clock.advance(999);
    expect(resolve).toHaveBeenCalledTimes(1);
    await clock.advance(1);
    expect(reported).toEqual([[1]]);
    dialer.close();
  });

  it.each([
    ["at the end of each TTL without a cache", false, 3],
    ["after nine tenths of each TTL", {}, 4],
  ] as const)("asks %s", async (_when, cache, times) => {
    const resolve = vi.fn<SrvResolver["resolve"]>(() => Promise.resolve(answerWith([target(1)])));
    const { dialer, clock } = dialerIn({}, { resolver: { resolve }, cache });
    dialer.watch(() => {});
    await clock.advance(29_000);
    expect(resolve).toHaveBeenCalledTimes(times);
    dialer.close();
  });

  it("asks at most ten times a second without a cache and a TTL", async () => {
    const resolve = resolverInTurn(answerWith([target(1)], { ttl: 0 }));
    const cache = { minTtl: 0, maxTtl: 1 };
    const { dialer, clock } = dialerIn({}, { resolver: { resolve }, cache });
    dialer.watch(() => {});
    await clock.advance(1_050);
    expect(resolve).toHaveBeenCalledTimes(11);
    dialer.close();
  });

  it("asks again when the first answer expires", async () => {
    const first = resolverInTurn(answerWith([target(1)], { ttl: 60 }));
    const second = resolverInTurn(answerWith([target(2)], { ttl: 5 }));
    const { dialer, clock } = dialerIn({}, { resolver: [{ resolve: first }, { resolve: second }] });
    dialer.watch(() => {});
    await clock.advance(4_999);
    expect(second).not.toHaveBeenCalled();
    dialer.close();
  });

  it("does nothing during the TTL", async () => {
    const { clock, dialer, reported } = watching(answerWith([target(1)], { ttl: 60 }));
    await clock.advance(0);
    const setTimeout = vi.spyOn(clock, "setTimeout");
    await clock.advance(50_000);
    expect(setTimeout).not.toHaveBeenCalled();
    expect(reported).toEqual([[1]]);
    dialer.close();
  });

  it("does not ask a failing resolver during the TTL of the next one's answer", async () => {
    const failing = resolverInTurn(new Error("down"));
    const next = resolverInTurn(answerWith([target(2)], { ttl: 60 }));
    const resolver = [{ resolve: failing }, { resolve: next }];
    const { dialer, clock } = dialerIn({}, { resolver });
    dialer.watch(() => {});
    await clock.advance(50_000);
    expect(failing).toHaveBeenCalledTimes(1);
    dialer.close();
  });

  it("asks a resolver without records again when that expires, even if the next one's answer has not expired", async () => {
    const first = resolverInTurn(answerWith([], { ttl: 5 }), answerWith([target(1)]));
    const second = resolverInTurn(answerWith([target(2)], { ttl: 60 }));
    const resolver = [{ resolve: first }, { resolve: second }];
    const { dialer, clock } = dialerIn({}, { resolver, cache: { negativeTtl: 5_000 } });
    const reported: number[][] = [];
    dialer.watch((targets) => reported.push(portsOf(targets)));
    await clock.advance(4_999);
    expect(reported).toEqual([[2]]);
    await clock.advance(1);
    expect(reported).toEqual([[2], [1]]);
    dialer.close();
  });

  it("does not notify after a stop, while another one continues", async () => {
    const answers = [1, 2].map((port) => answerWith([target(port)], { ttl: 2 }));
    const { reported, clock, dialer, stop } = watching(...answers);
    const others: number[][] = [];
    dialer.watch((targets) => others.push(portsOf(targets)));
    await clock.advance(0);
    stop();
    await clock.advance(2_000);
    expect(reported).toEqual([[1]]);
    expect(others).toEqual([[1], [2]]);
    dialer.close();
    await clock.advance(5_000);
    expect(others).toEqual([[1], [2]]);
    clock.expectNoTimers();
  });

  it("does not keep the process alive", async () => {
    const { dialer, clock } = dialerIn({}, { resolver: silentResolver });
    const setTimeout = vi.spyOn(clock, "setTimeout");
    dialer.watch(() => {});
    void dialer.resolve().catch(() => {});
    await clock.advance(0);
    const refs = setTimeout.mock.calls.map(([, , options]: unknown[]) => options);
    expect(refs).toEqual([{ ref: false }, undefined, { ref: true }]);
    dialer.close();
  });
});
