import { Socket, type TcpNetConnectOpts } from "node:net";

import { describe, expect, it, vi } from "vitest";

import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import type {
  SrvAnswer,
  SrvDialerOptions,
  SrvResolver,
  SrvTarget,
  SrvVerify,
} from "../../../runtime/src/base/types.ts";
import { isListed } from "../../../runtime/src/dialer/recheck.ts";
import { type Behaviour, type Port, dialerIn } from "../support/network.ts";
import {
  CACHE,
  NAME,
  answerWith,
  failingResolver,
  resolverInTurn,
  resolverOf,
  sourceOf,
  target,
} from "../support/sources.ts";

const EVERY = 5_000;
const old = target(1, { host: "a1.dev-ecs", addresses: ["10.0.0.1"] });
const oldHostIsLost = ({ host }: TcpNetConnectOpts): Port =>
  host === "10.0.0.1" ? "silent" : "accepts";

/** Time for its own target to answer. */
const OWN = 1_000;

/**
 * An open connection to port 1. Its host is lost unless `ports` has another response for it. The dialer checks every 5 s;
 * `lead` changes the records.
 */
async function connected(
  ports: Readonly<Record<number, Behaviour>>,
  options: SrvDialerOptions = {},
  first = old,
) {
  let answer: SrvAnswer | Error = answerWith([first]);
  const resolve = vi.fn<() => Promise<SrvAnswer>>(async () => {
    if (answer instanceof Error) throw answer;
    return answer;
  });
  const all: Record<number, Behaviour> = { 1: "accepts" };
  const led = dialerIn(all, { resolver: { resolve }, cache: false, recheck: EVERY, ...options });
  const socket = await led.dialer.connect();
  Object.assign(all, { 1: "silent" }, ports);
  let bytesRead = 7;
  Object.defineProperty(socket, "bytesRead", { get: () => bytesRead });
  const errors: unknown[] = [];
  socket.on("error", (error) => errors.push(error));
  return {
    ...led,
    ports: all,
    resolve,
    socket,
    errors,
    lead: (...targets: readonly SrvTarget[]) => (answer = answerWith(targets)),
    fail: () => (answer = new Error("no server answers")),
    receive: () => (bytesRead += 1),
    /** Checks, after the data that came with the connection was handled. */
    look: async (times = 1) => led.clock.advance((EVERY + OWN) * times + EVERY),
  };
}

describe("a connection that receives nothing", () => {
  it("ends when its target is no longer in the records, another one answers, and its own does not", async () => {
    const { lead, look, socket, errors, connections } = await connected({ 2: "accepts" });
    lead(target(2));
    await look();
    expect(socket.destroyed).toBe(true);
    expect(errors).toMatchObject([
      {
        code: "ERR_SRV_MOVED",
        hostname: NAME,
        message: `${NAME} has moved: nothing comes from a1.dev-ecs:1 (10.0.0.1), which has left its records`,
      },
    ]);
    // The attempts that have shown it are closed.
    expect(connections.map((each) => each.socket.destroyed)).toEqual([true, true, true]);
  });

  it("names an address once if it is also the host", async () => {
    const first = target(1, { host: "10.0.0.1" });
    const { lead, look, errors } = await connected({ 2: "accepts" }, {}, first);
    lead(target(2));
    await look();
    expect(String(errors[0])).toContain("nothing comes from 10.0.0.1:1, which");
  });

  it("is checked after the set time, and not before", async () => {
    const { lead, socket, clock } = await connected({ 1: "refuses", 2: "accepts" });
    lead(target(2));
    // At the first check, there is the data that came with the connection.
    await clock.advance(2 * EVERY - 1);
    expect(socket.destroyed).toBe(false);
    await clock.advance(1);
    expect(socket.destroyed).toBe(true);
  });

  it("is checked once it has received nothing for the set time after it was opened", async () => {
    const ports: Record<number, Port> = { 1: "accepts", 2: "accepts" };
    let targets = [old];
    const resolver = { resolve: async () => answerWith(targets) };
    const options = { resolver, cache: false, recheck: EVERY } as const;
    const { dialer, clock } = dialerIn(ports, options);
    const socket = (await dialer.connect()).on("error", () => {});
    ports[1] = "refuses";
    targets = [target(2)];
    await clock.advance(EVERY);
    expect(socket.destroyed).toBe(true);
    dialer.close();
  });

  it.each<[string, readonly SrvTarget[]]>([
    ["its target is listed", [target(2), old]],
    ["there are no records", []],
  ])("stays while %s, and nothing is dialed", async (_why, targets) => {
    const { lead, look, socket, dialed } = await connected({ 2: "accepts" });
    lead(...targets);
    await look(3);
    expect([socket.destroyed, dialed()]).toEqual([false, [1]]);
  });

  it.each([
    ["another port of the same host", { ...old, port: 2 }],
    ["the same port of another host", { ...old, host: "b1.dev-ecs", addresses: ["10.0.0.2"] }],
    ["the same target at another address", { ...old, addresses: ["10.0.0.2"] }],
  ])("ends when the records have %s", async (_where, next) => {
    const { lead, look, socket } = await connected({ 1: oldHostIsLost, 2: "accepts" });
    lead(next);
    await look();
    expect(socket.destroyed).toBe(true);
  });

  it("stays while its target has another name at the same address", async () => {
    const { lead, look, socket } = await connected({});
    lead({ ...old, host: "b1.dev-ecs" });
    await look(3);
    expect(socket.destroyed).toBe(false);
  });

  it.each([
    ["one of several targets", 2],
    ["eight of more targets", 9],
  ])("stays while its own target answers: DNS may have named %s", async (_what, most) => {
    const others = Array.from({ length: most - 1 }, (_each, at) => at + 2);
    const ports = Object.fromEntries([1, ...others].map((port) => [port, "accepts"] as const));
    const { lead, look, socket, connections } = await connected(ports);
    lead(...others.map((port) => target(port)));
    await look(3);
    expect(socket.destroyed).toBe(false);
    expect(connections.filter((each) => !each.socket.destroyed)).toHaveLength(1);
  });

  it("ends even if eight others are listed, which may be a draw", async () => {
    const others = [2, 3, 4, 5, 6, 7, 8, 9];
    const { lead, look, socket } = await connected(
      Object.fromEntries(others.map((port) => [port, "accepts"] as const)),
    );
    lead(...others.map((port) => target(port)));
    await look();
    expect(socket.destroyed).toBe(true);
  });

  it("stays while its own target accepts a connection within a second", async () => {
    const { lead, look, socket, connections } = await connected({ 2: "accepts" });
    lead(target(2));
    await look(0);
    await look(0);
    connections.at(-1)?.socket.emit("connect");
    await look(0);
    expect(connections.map(({ options }) => options.port).slice(0, 3)).toEqual([1, 2, 1]);
    expect(socket.destroyed).toBe(false);
  });

  it("stays while no server answers", async () => {
    const { fail, look, socket, resolve } = await connected({});
    fail();
    await look(3);
    expect(socket.destroyed).toBe(false);
    expect(resolve.mock.calls.length).toBeGreaterThan(1);
  });

  it("stays while no other target answers, and ends when one does", async () => {
    const { lead, look, socket, dialed, ports } = await connected({ 2: "refuses" });
    lead(target(2));
    await look(2);
    expect([socket.destroyed, dialed()]).toEqual([false, [1, 2, 2]]);
    ports[2] = "accepts";
    await look(0);
    expect(socket.destroyed).toBe(true);
  });

  it("stays while the other target does not pass the check of the dialer", async () => {
    const verify = vi
      .fn<SrvVerify>()
      .mockResolvedValueOnce(true)
      .mockRejectedValue(new Error("no"));
    const { lead, look, socket, dialed } = await connected({ 2: "accepts" }, { verify });
    lead(target(2));
    await look();
    expect([socket.destroyed, dialed()]).toEqual([false, [1, 2]]);
  });

  it("applies the timeout of its own dial to a silent target", async () => {
    const { lead, look, dialed } = await connected({ 2: "silent" }, { timeout: 100 });
    lead(target(2));
    await look(4);
    expect(dialed()).toEqual([1, 2, 2, 2, 2]);
  });

  it.each([
    ["the other target", "silent", [1, 2]],
    ["its own", "accepts", [1, 2, 1]],
  ] as const)("keeps no process alive while %s is waited for", async (_which, second, ports) => {
    const { lead, look, clock, dialed, connections } = await connected({ 2: second });
    const set = vi.spyOn(clock, "setTimeout");
    const unref = vi.spyOn(Socket.prototype, "unref");
    lead(target(2));
    await look(0);
    await look(0);
    expect(dialed()).toEqual(ports);
    const looked = connections.slice(1).map(({ socket }) => socket);
    expect([...new Set(unref.mock.contexts)]).toEqual(looked);
    unref.mockRestore();
    const refs = set.mock.calls.map((call: readonly unknown[]) => call[2]);
    expect(refs).toContainEqual({ ref: false });
    expect(refs).not.toContainEqual({ ref: true });
  });

  it("is checked again as long as it is open", async () => {
    const { look, socket, resolve, clock } = await connected({});
    await look(3);
    const asked = resolve.mock.calls.length;
    expect(asked).toBe(4);
    socket.destroy();
    await clock.advance(10 * EVERY);
    expect(resolve.mock.calls.length).toBe(asked);
    expect(clock.pending).toBe(0);
  });

  it("stays when its dialer is closed, and is no longer checked", async () => {
    const { lead, look, socket, dialer, dialed, clock } = await connected({ 2: "accepts" });
    lead(target(2));
    dialer.close();
    expect(clock.pending).toBe(0);
    await look(2);
    expect([socket.destroyed, dialed()]).toEqual([false, [1]]);
  });

  it.each([2, 3])(
    "stays when its dialer is closed during connection %i of a check",
    async (nth) => {
      const { lead, look, socket, dialer, clock, connections } = await connected({
        2: nth === 2 ? "silent" : "accepts",
      });
      lead(target(2));
      await look(0);
      await look(0);
      expect(connections).toHaveLength(nth);
      dialer.close();
      await clock.advance(OWN);
      expect(socket.destroyed).toBe(false);
      expect(connections.at(-1)?.socket.destroyed).toBe(true);
      expect(clock.pending).toBe(0);
    },
  );

  it("is no longer checked when it closes during a check", async () => {
    const { lead, look, socket, clock, connections, resolve } = await connected({ 2: "silent" });
    lead(target(2));
    await look();
    expect(connections.length).toBe(2);
    socket.destroy();
    await clock.advance(0);
    const asked = resolve.mock.calls.length;
    expect(connections[1]?.socket.destroyed).toBe(true);
    expect(clock.pending).toBe(0);
    await clock.advance(10 * EVERY);
    expect(resolve.mock.calls.length).toBe(asked);
  });

  it("is not checked by default, or if it is already closed", async () => {
    const byDefault = dialerIn({ 1: "accepts" }, { resolver: resolverOf(old), cache: false });
    await byDefault.dialer.dial();
    expect(byDefault.clock.pending).toBe(0);

    const options = { resolver: resolverOf(old), cache: false, recheck: EVERY } as const;
    const { dialer, clock } = dialerIn({ 1: "accepts" }, options);
    const { socket } = await dialer.dial();
    socket.destroy();
    await clock.advance(0);
    expect(clock.pending).toBe(0);
  });

  it("shares each check with all connections to its endpoint", async () => {
    const { dialer, lead, socket, clock, dialed, ports } = await connected({
      1: "accepts",
      2: "accepts",
    });
    await clock.advance(EVERY / 2);
    const sockets = [socket];
    for (let opened = 1; opened < 200; opened++) {
      sockets.push((await dialer.connect()).on("error", () => {}));
    }
    lead(target(2));
    const before = dialed().length;
    await clock.advance(EVERY);
    // They were opened after the last check.
    expect(dialed().slice(before)).toEqual([]);
    await clock.advance(EVERY);
    // One connection to the new endpoint and one to the old, which answers.
    expect(dialed().slice(before)).toEqual([2, 1]);
    expect(sockets.every(({ destroyed }) => !destroyed)).toBe(true);
    ports[1] = "refuses";
    await clock.advance(EVERY);
    expect(dialed().slice(before)).toEqual([2, 1, 2, 1]);
    expect(sockets.every(({ destroyed }) => destroyed)).toBe(true);
    expect(clock.pending).toBe(0);
  });
});

describe("a connection that receives something", () => {
  it("stays, and the records are not resolved", async () => {
    const { lead, receive, socket, clock, resolve } = await connected({ 2: "accepts" });
    lead(target(2));
    for (let looks = 0; looks < 5; looks++) {
      receive();
      await clock.advance(EVERY);
    }
    expect(socket.destroyed).toBe(false);
    expect(resolve).toHaveBeenCalledTimes(1);
  });

  it("stays while received data waits for its reader", async () => {
    const { lead, look, socket, dialed } = await connected({ 2: "accepts" });
    lead(target(2));
    Object.defineProperty(socket, "readableLength", { value: 1 });
    await look(3);
    expect([socket.destroyed, dialed()]).toEqual([false, [1]]);
  });

  it("stays if it receives something during the dial of the other target", async () => {
    const { lead, look, receive, socket, connections } = await connected({ 2: "silent" });
    lead(target(2));
    await look();
    receive();
    connections[1]?.socket.emit("connect");
    await look(0);
    expect(socket.destroyed).toBe(false);
  });
});

const endpoint = { host: "a1.dev-ecs", address: "10.0.0.1", port: 1 };
const other = target(2, { host: "b1.dev-ecs", addresses: ["10.0.0.2"] });

/** Only IPv4. */
function askedOf(...resolvers: readonly SrvResolver[]): Promise<boolean> {
  const sources = resolvers.map((resolver) => sourceOf(resolver, { family: 4 }).source);
  return isListed(sources, endpoint, new Lifetime());
}

/** A resolver with the endpoint as target, and its lookup results for each family of the host. */
function resolverWith(ipv4: readonly string[] | Error, ipv6: readonly string[] | Error = []) {
  const lookup: SrvResolver["lookup"] = async (_host, { family }) => {
    const addresses = family === 6 ? ipv6 : ipv4;
    if (addresses instanceof Error) throw addresses;
    return { addresses, ttl: 10 };
  };
  return { ...resolverOf(target(1, { host: "a1.dev-ecs" })), lookup };
}

describe("an endpoint", () => {
  it.each<[boolean, string, readonly SrvTarget[]]>([
    [true, "alone", [old]],
    [true, "among others", [other, old]],
    [true, "in other letters", [{ ...old, host: "A1.Dev-ECS" }]],
    [
      true,
      "with another address in addition to its own",
      [{ ...old, addresses: ["10.0.0.3", "10.0.0.1"] }],
    ],
    [false, "not at all", [other]],
    [false, "with another port", [{ ...old, port: 2 }]],
    [false, "with another host", [{ ...old, host: "b1.dev-ecs" }]],
    [false, "with another address", [{ ...old, addresses: ["10.0.0.2"] }]],
  ])("is listed: %s, when the records name it %s", async (isIt, _how, targets) => {
    await expect(askedOf(resolverOf(...targets))).resolves.toBe(isIt);
  });

  it("is listed if any resolver names it", async () => {
    await expect(askedOf(resolverOf(other), resolverOf(old))).resolves.toBe(true);
    await expect(askedOf(resolverOf(other), resolverOf(other))).resolves.toBe(false);
    await expect(askedOf(failingResolver("down"), resolverOf(other))).resolves.toBe(false);
  });

  it("counts as listed if there are no records, or no server answers", async () => {
    await expect(askedOf(resolverOf())).resolves.toBe(true);
    await expect(askedOf(failingResolver("down"))).resolves.toBe(true);
  });

  it("counts as listed if there is only an expired answer", async () => {
    const resolve = resolverInTurn(answerWith([other]), new Error("down"));
    const { source, clock } = sourceOf({ resolve }, { cache: { ...CACHE, maxStale: 60_000 } });
    const ask = () => isListed([source], endpoint, new Lifetime());
    await expect(ask()).resolves.toBe(false);
    await clock.advance(10_000);
    await expect(ask()).resolves.toBe(true);
  });

  it("is listed if the looked-up addresses of its host include it", async () => {
    await expect(askedOf(resolverWith(["10.0.0.1"]))).resolves.toBe(true);
    await expect(askedOf(resolverWith(["10.0.0.2"]))).resolves.toBe(false);
  });

  it("counts as listed if the lookup of its host fails, or finds nothing", async () => {
    await expect(askedOf(resolverWith(new Error("down")))).resolves.toBe(true);
    await expect(askedOf(resolverWith([]))).resolves.toBe(true);
  });

  it("counts as listed if one IP version is unknown, even if the other does not match", async () => {
    const resolver = resolverWith(["10.0.0.2"], new Error("down"));
    const { source } = sourceOf(resolver, { family: "both" });
    await expect(isListed([source], endpoint, new Lifetime())).resolves.toBe(true);
  });
});
