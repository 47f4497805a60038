import { Socket } from "node:net";

import { describe, expect, it, vi } from "vitest";

import type { Location } from "../../../runtime/src/dial/locate.ts";
import type { HostAddresses, SrvResolver } from "../../../runtime/src/base/types.ts";
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

type Ports = Readonly<Record<number, Port>>;
type Lookup = NonNullable<SrvResolver["lookup"]>;

/** Two targets with a higher priority than the third. */
const [FIRST, SECOND, LESSER] = [target(1), target(2), target(3, { priority: 1 })] as const;

/** The located ports; all targets have the same host. */
function portsOf({ targets, isTemporary }: Location) {
  return { ports: targets.map(({ port }) => port).toSorted((a, b) => a - b), isTemporary };
}

/** A dialer with these resolvers, and the targets that it locates. */
function locating(ports: Ports, ...resolver: readonly SrvResolver[]) {
  const led = dialerIn(ports, { resolver });
  const located = async (isSuspect = false) => portsOf(await led.dialer.locate(isSuspect));
  return { ...led, located };
}

const DEADLINE = {
  code: "ERR_SRV_TIMEOUT",
  message: `Resolving ${NAME} not done within 10000 ms`,
};

/** The error if no server answers. */
async function failureAtDeadline({ dialer, clock }: ReturnType<typeof dialerIn>) {
  const failure = failureOf(dialer.locate(false));
  await clock.advance(10_000);
  const error = await failure;
  dialer.close();
  return error;
}

/** Lookup results of hosts without addresses in the answer. */
function resolving(found: Readonly<Record<string, Lookup>>): SrvResolver {
  const targets = Object.keys(found).map((host, priority) => target(1, { host, priority }));
  const lookup: Lookup = (host, context) =>
    found[host]?.(host, context) ?? Promise.reject(new Error("no such host"));
  return { ...resolverOf(...targets), lookup };
}

const finding =
  (...addresses: readonly string[]): Lookup =>
  () =>
    Promise.resolve<HostAddresses>({ addresses, ttl: 60 });
const failing =
  (message: string): Lookup =>
  () =>
    Promise.reject(new Error(message));

/** IPv4 addresses; the hosts have no IPv6. */
const ofV4 =
  (lookup: Lookup): Lookup =>
  (host, context) =>
    (context.family === 4 ? lookup : finding())(host, context);

describe("where a service is", () => {
  it("is found without keeping the process alive", async () => {
    const { dialer, connections } = locating({ 1: "accepts" }, resolverOf(FIRST, LESSER));
    const unref = vi.spyOn(Socket.prototype, "unref");
    await dialer.locate(false);
    expect(connections).toHaveLength(1);
    expect([...new Set(unref.mock.contexts)]).toEqual(connections.map(({ socket }) => socket));
    unref.mockRestore();
  });

  it("has the addresses of its targets, IPv6 first", async () => {
    const addresses = ["10.0.0.1", "10.0.0.2", "::1"];
    const { dialer } = locating({}, resolverOf(target(1, { host: "a", addresses })));
    expect(await dialer.locate(false)).toEqual({
      targets: [{ host: "a", port: 1, addresses: ["::1", "10.0.0.1", "10.0.0.2"] }],
      isTemporary: false,
      isDrawn: false,
    });
    dialer.close();
  });

  it("with eight targets says that there may be more", async () => {
    const eight = Array.from({ length: 8 }, (_, at) => target(at, { addresses: ["10.0.0.1"] }));
    const { dialer } = locating({}, resolverOf(...eight));
    expect(await dialer.locate(false)).toMatchObject({ isTemporary: false, isDrawn: true });
    dialer.close();
  });

  it("has an order that is drawn by weight", async () => {
    const resolver = resolverOf(FIRST, SECOND);
    for (const [random, ports] of [
      [0, [2, 1]],
      [0.9, [1, 2]],
    ] as const) {
      const { dialer } = dialerIn({}, { resolver, random: () => random });
      const { targets } = await dialer.locate(false);
      expect(targets.map(({ port }) => port)).toEqual(ports);
      dialer.close();
    }
  });

  it("is found without a dial if there are no alternatives", async () => {
    const { dialer, located, dialed } = locating({}, resolverOf(FIRST, SECOND));
    expect(await located()).toEqual({ ports: [1, 2], isTemporary: false });
    expect(await located(true)).toEqual({ ports: [1, 2], isTemporary: false });
    expect(dialed()).toEqual([]);
    dialer.close();
  });

  it.each<[string, Ports, number[], boolean]>([
    ["the best priority where it can be reached", { 2: "accepts", 3: "accepts" }, [1, 2], false],
    ["the next one where the best cannot", { 1: "refuses", 2: "refuses", 3: "accepts" }, [3], true],
    ["the best where none can", { 1: "refuses", 2: "refuses", 3: "refuses" }, [1, 2], false],
  ])("is %s", async (_what, known, ports, isTemporary) => {
    const { dialer, located, clock, connections } = locating(
      known,
      resolverOf(LESSER, FIRST, SECOND),
    );
    const found = located();
    await clock.advance(250);
    expect(await found).toEqual({ ports, isTemporary });
    await clock.advance(0);
    expect(connections.filter(({ socket }) => !socket.destroyed)).toEqual([]);
    dialer.close();
    clock.expectNoTimers();
  });

  it("is the next priority if one of its targets can be reached", async () => {
    const targets = [FIRST, target(2, { priority: 1 }), LESSER];
    const ports: Ports = { 1: "refuses", 2: "refuses", 3: "accepts" };
    const { dialer, located } = locating(ports, resolverOf(...targets));
    expect(await located()).toEqual({ ports: [2, 3], isTemporary: true });
    dialer.close();
  });

  it.each([
    ["host", target(1, { host: "127.0.0.1" }), target(1, { host: "::1", priority: 1 })],
    ["port", target(1), target(2, { priority: 1 })],
  ])("is distinguished by %s", async (_what, best, other) => {
    const { dialer, clock, connections } = locating({}, resolverOf(best, other));
    const found = dialer.locate(false);
    await clock.advance(250);
    connections[1]?.socket.emit("connect");
    const { host, port } = other;
    expect((await found).targets).toMatchObject([{ host, port }]);
    dialer.close();
  });

  it("is resolved once per TTL if it can be reached", async () => {
    const resolve = resolverInTurn(answerWith([FIRST]), answerWith([SECOND]));
    const { dialer, clock, located } = locating({}, { resolve });
    expect(await located()).toMatchObject({ ports: [1] });
    clock.skip(100);
    expect(await located()).toMatchObject({ ports: [1] });
    expect(await located(true)).toMatchObject({ ports: [2] });
    dialer.close();
  });

  it("is not resolved again within minRefresh, even if it cannot be reached", async () => {
    const resolve = resolverInTurn(answerWith([FIRST]), answerWith([SECOND]));
    const { dialer, clock, located } = locating({}, { resolve });
    await located();
    clock.skip(99);
    expect(await located(true)).toMatchObject({ ports: [1] });
    dialer.close();
  });

  it("may be from an expired answer, which is reported", async () => {
    using stale = listenTo("srv-dialer:stale");
    const resolve = resolverInTurn(answerWith([FIRST], { ttl: 1 }), new Error("down"));
    const { dialer, clock, located } = locating({}, { resolve });
    await located();
    expect(stale).toHaveLength(0);
    await clock.advance(2_000);
    expect(await located()).toEqual({ ports: [1], isTemporary: false });
    expect([...stale]).toMatchObject([{ name: NAME, targets: [{ port: 1 }] }]);
    dialer.close();
  });

  it("does not keep the process alive until it is found", async () => {
    const { dialer, clock } = locating({}, { resolve: () => new Promise(() => {}) });
    const setTimeout = vi.spyOn(clock, "setTimeout");
    const failure = failureOf(dialer.locate(false));
    expect(setTimeout.mock.calls[0]).toEqual([expect.any(Function), 10_000, { ref: false }]);
    dialer.close();
    expect((await failure).code).toBe("ERR_SRV_CLOSED");
  });
});

describe("where a service is, of several resolvers", () => {
  const [ONE, OTHER] = [resolverOf(FIRST), resolverOf(SECOND)];

  it("is from the first, without a dial", async () => {
    const { dialer, located, dialed } = locating({ 2: "accepts" }, ONE, OTHER);
    expect(await located()).toEqual({ ports: [1], isTemporary: false });
    expect(dialed()).toEqual([]);
    dialer.close();
  });

  it("is from the next if the first has nothing", async () => {
    const { dialer, located } = locating({}, failingResolver("down"), resolverOf(), OTHER);
    expect(await located()).toEqual({ ports: [2], isTemporary: false });
    dialer.close();
  });

  it("is from the next if the targets of the first cannot be reached", async () => {
    const ports: Ports = { 1: "refuses", 2: "accepts" };
    const { dialer, located, dialed } = locating(ports, ONE, OTHER);
    expect(await located(true)).toEqual({ ports: [2], isTemporary: true });
    // One dial reports it for all of them.
    expect(dialed()).toEqual([1, 2]);
    dialer.close();
  });

  it("is from the first if no targets can be reached", async () => {
    const { dialer, located } = locating({ 1: "refuses", 2: "refuses" }, ONE, OTHER);
    expect(await located(true)).toEqual({ ports: [1], isTemporary: false });
    dialer.close();
  });
});

describe("where a service is whose targets come without addresses", () => {
  it("has the looked-up addresses", async () => {
    const { dialer } = locating({}, resolving({ a: finding("10.0.0.1", "::1") }));
    const { targets } = await dialer.locate(false);
    expect(targets).toEqual([{ host: "a", port: 1, addresses: ["::1", "10.0.0.1"] }]);
    // The second time they are cached.
    expect((await dialer.locate(false)).targets).toEqual(targets);
    dialer.close();
  });

  it("leaves out targets without any, and needs only one IP version", async () => {
    const found = { a: failing("SERVFAIL"), b: ofV4(finding("10.0.0.2")), c: finding() };
    const resolver = resolving(found);
    const targets = ["a", "b", "c"].map((host) => target(1, { host }));
    const { dialer } = locating({}, { ...resolver, ...resolverOf(...targets) });
    expect(await dialer.locate(false)).toEqual({
      targets: [{ host: "b", port: 1, addresses: ["10.0.0.2"] }],
      isTemporary: true,
      isDrawn: false,
    });
    dialer.close();
  });

  it("is the next priority if the targets of the best have none", async () => {
    const resolver = resolving({ a: failing("SERVFAIL"), b: finding("10.0.0.2") });
    const { dialer } = locating({ 1: "refuses" }, resolver);
    expect(await dialer.locate(false)).toEqual({
      targets: [{ host: "b", port: 1, addresses: ["10.0.0.2"] }],
      isTemporary: true,
      isDrawn: false,
    });
    dialer.close();
  });

  it.each<[string, Lookup, string]>([
    ["none is found", failing("SERVFAIL"), "SERVFAIL"],
    ["there are none", finding(), "a has no address"],
    ["one family has none and the other is not found", ofV4(failing("SERVFAIL")), "SERVFAIL"],
  ])("is not found when %s, and the error says why", async (_what, lookup, message) => {
    const { dialer } = locating({}, resolving({ a: lookup }));
    expect(await failureOf(dialer.locate(false))).toMatchObject({
      code: "ERR_SRV_RESOLVE",
      message: `Cannot resolve ${NAME}: ${message}`,
    });
    dialer.close();
  });

  it("has nothing of an IP version that is not found", async () => {
    const resolver = resolving({ a: failing("SERVFAIL") });
    const { dialer } = dialerIn({}, { resolver, family: 4 });
    expect((await failureOf(dialer.locate(false))).code).toBe("ERR_SRV_RESOLVE");
    dialer.close();
  });

  it("fails at the deadline of the lookup", async () => {
    expect(
      await failureAtDeadline(locating({}, resolving({ a: () => new Promise(() => {}) }))),
    ).toMatchObject(DEADLINE);
  });
});

describe("where a service is cannot be found", () => {
  it("without records", async () => {
    const { dialer } = locating({}, resolverOf(), resolverOf());
    expect((await failureOf(dialer.locate(false))).code).toBe("ERR_SRV_NO_RECORDS");
    dialer.close();
  });

  it("at the target `.`", async () => {
    const { dialer } = locating({}, resolverOf(target(0, { host: "." })));
    expect((await failureOf(dialer.locate(false))).code).toBe("ERR_SRV_UNAVAILABLE");
    dialer.close();
  });

  it("if the deadline passes during the dial", async () => {
    expect(await failureAtDeadline(locating({}, resolverOf(FIRST, LESSER)))).toMatchObject(
      DEADLINE,
    );
  });
});

describe("where a service is when its records change meanwhile", () => {
  it("is from the answer, even if a new target was reached", async () => {
    const resolve = resolverInTurn(answerWith([FIRST, LESSER]), answerWith([target(9)]));
    const ports: Ports = { 1: "refuses", 3: "refuses", 9: "accepts" };
    const { dialer, clock, located, dialed } = locating(ports, { resolve });
    await dialer.resolve();
    clock.skip(100);
    expect(await located()).toEqual({ ports: [1], isTemporary: false });
    expect(dialed()).toEqual([1, 3, 9]);
    dialer.close();
  });
});
