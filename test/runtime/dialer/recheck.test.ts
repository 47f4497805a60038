import { Socket } from "node:net";

import { describe, expect, it, vi } from "vitest";

import type { Source } from "../../../runtime/src/answers/source.ts";
import type {
  SrvAnswer,
  SrvDialerOptions,
  SrvResolver,
  SrvTarget,
  SrvVerify,
} from "../../../runtime/src/base/types.ts";
import { Lifetime } from "../../../runtime/src/base/time.ts";
import { isListed } from "../../../runtime/src/dialer/recheck.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";
import { type Behaviour, type Port, dialerIn } from "../support/network.ts";
import {
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

/** Time for its own target to answer. */
const OWN = 1_000;

/**
 * An open connection to port 1. Its host is lost unless `ports` has another response for it. The dialer checks every 5 s;
 * `lead` changes the records.
 */
async function connected(
  ports: Readonly<Record<number, Behaviour>>,
  options: SrvDialerOptions = {},
) {
  let answer: SrvAnswer = answerWith([old]);
  const resolve = (): Promise<SrvAnswer> => Promise.resolve(answer);
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
    socket,
    errors,
    lead: (...targets: readonly SrvTarget[]) => (answer = answerWith(targets)),
    receive: () => (bytesRead += 1),
    /** Checks, after the data that came with the connection was handled. */
    look: async (times = 1) => led.clock.advance((EVERY + OWN) * times + EVERY),
  };
}

const lost = { 1: "silent" } as const;
const next = target(2);

describe("a connection that receives nothing", () => {
  it("ends when its target is no longer in the records, another one answers, and its own does not", async () => {
    const { lead, look, socket, errors, connections } = await connected({ 2: "accepts" });
    lead(next);
    await look();
    expect(socket.destroyed).toBe(true);
    const message = `${NAME} has moved: nothing comes from a1.dev-ecs:1 (10.0.0.1), which has left its records`;
    expect(errors).toMatchObject([{ code: "ERR_SRV_MOVED", hostname: NAME, message }]);
    // The attempts that have shown it are closed.
    expect(connections.map((each) => each.socket.destroyed)).toEqual([true, true, true]);
  });

  it("is checked once it has received nothing for the set time after it was opened", async () => {
    const ports: Record<number, Port> = { 1: "accepts", 2: "accepts" };
    let targets = [old];
    const resolver = { resolve: async () => answerWith(targets) };
    const { dialer, clock } = dialerIn(ports, { resolver, cache: false, recheck: EVERY });
    const socket = (await dialer.connect()).on("error", () => {});
    ports[1] = "refuses";
    targets = [next];
    await clock.advance(EVERY - 1);
    expect(socket.destroyed).toBe(false);
    await clock.advance(1);
    expect(socket.destroyed).toBe(true);
  });

  const eight = [2, 3, 4, 5, 6, 7, 8, 9];
  const answering = Object.fromEntries(eight.map((port) => [port, "accepts"] as const));
  it.each<[string, readonly SrvTarget[], Record<number, Behaviour>, readonly number[]]>([
    ["its target is listed", [next, old], { 2: "accepts" }, [1]],
    ["there are no records", [], { 2: "accepts" }, [1]],
    ["no other target answers", [next], { 2: "refuses" }, [1, 2, 2]],
    [
      "its own answers: one of several is named",
      [next],
      { 1: "accepts", 2: "accepts" },
      [1, 2, 1, 2, 1],
    ],
    [
      "its own answers within a second",
      [next],
      { 1: "accepts after 999", 2: "accepts" },
      [1, 2, 1, 2, 1],
    ],
    [
      "its own answers: eight of more are named",
      eight.map((port) => target(port)),
      { 1: "accepts", ...answering },
      [1, 2, 1, 2, 1],
    ],
  ])("stays while %s", async (_why, targets, ports, dialed) => {
    const led = await connected(ports);
    led.lead(...targets);
    await led.look(2);
    expect([led.socket.destroyed, led.dialed()]).toEqual([false, dialed]);
    expect(led.connections.filter((each) => !each.socket.destroyed)).toHaveLength(1);
    Object.assign(led.ports, lost, answering);
    led.lead(next);
    await led.look();
    expect(led.socket.destroyed).toBe(true);
  });

  it("stays while the other target does not pass the check of the dialer", async () => {
    const verify = vi.fn<SrvVerify>().mockResolvedValueOnce().mockRejectedValue(new Error("no"));
    const { lead, look, socket, dialed } = await connected({ 2: "accepts" }, { verify });
    lead(next);
    await look();
    expect([socket.destroyed, dialed()]).toEqual([false, [1, 2]]);
  });

  it("has the timeout of its dialer for the dial of a silent target", async () => {
    const { lead, look, dialed } = await connected({ 2: "silent" }, { timeout: 100 });
    lead(next);
    await look(4);
    expect(dialed()).toEqual([1, 2, 2, 2, 2]);
  });

  it.each([
    ["the other target", "silent", [1, 2]],
    ["its own", "accepts", [1, 2, 1]],
  ] as const)(
    "keeps no process alive while %s is waited for, and ends with close()",
    async (_which, second, ports) => {
      const { lead, clock, dialer, socket, dialed, connections } = await connected({ 2: second });
      const set = vi.spyOn(clock, "setTimeout");
      const unref = vi.spyOn(Socket.prototype, "unref");
      lead(next);
      await clock.advance(2 * EVERY);
      expect(dialed()).toEqual(ports);
      const looked = connections.slice(1).map((each) => each.socket);
      expect([...new Set(unref.mock.contexts)]).toEqual(looked);
      unref.mockRestore();
      const refs = set.mock.calls.map((call: readonly unknown[]) => call[2]);
      expect(refs).toContainEqual({ ref: false });
      expect(refs).not.toContainEqual({ ref: true });
      dialer.close();
      await clock.advance(OWN);
      expect(looked.every(({ destroyed }) => destroyed)).toBe(true);
      expect([socket.destroyed, clock.pending]).toEqual([false, 0]);
    },
  );

  it.each<[string, boolean]>([
    ["between two checks", false],
    ["during a check", true],
  ])("is no longer checked once it closes, %s", async (_when, isChecking) => {
    const { lead, look, socket, clock, connections, asked } = await connected({ 2: "silent" });
    if (isChecking) lead(next);
    await look(3);
    expect(connections).toHaveLength(isChecking ? 2 : 1);
    const times = asked[0]?.length;
    socket.destroy();
    await clock.advance(10 * EVERY);
    expect(asked[0]).toHaveLength(times ?? 0);
    expect(connections.every((each) => each.socket.destroyed)).toBe(true);
    expect(clock.pending).toBe(0);
  });

  it("is not checked by default, or if it is already closed", async () => {
    for (const recheck of [undefined, EVERY]) {
      const options = {
        resolver: resolverOf(old),
        cache: false,
        ...(recheck && { recheck }),
      } as const;
      const { dialer, clock } = dialerIn({ 1: "accepts" }, options);
      const { socket } = await dialer.dial();
      if (recheck !== undefined) socket.destroy();
      await clock.advance(0);
      expect(clock.pending).toBe(0);
    }
  });

  it("shares each check with all connections to its endpoint", async () => {
    const led = await connected({ 1: "accepts", 2: "accepts" });
    const { dialer, lead, socket, clock, dialed, ports } = led;
    await clock.advance(EVERY / 2);
    const sockets = [socket];
    while (sockets.length < 200) sockets.push((await dialer.connect()).on("error", () => {}));
    lead(next);
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
    const { lead, receive, socket, clock, asked } = await connected({ 2: "accepts" });
    lead(next);
    for (let looks = 0; looks < 5; looks++) {
      receive();
      await clock.advance(EVERY);
    }
    expect([socket.destroyed, asked]).toEqual([false, [[0]]]);
  });

  it("stays while received data waits for its reader", async () => {
    const { lead, look, socket, dialed } = await connected({ 2: "accepts" });
    lead(next);
    Object.defineProperty(socket, "readableLength", { value: 1 });
    await look(3);
    expect([socket.destroyed, dialed()]).toEqual([false, [1]]);
  });

  it("stays if it receives something during the dial of the other target", async () => {
    const { lead, look, receive, socket, accept } = await connected({ 2: "silent" });
    lead(next);
    await look();
    receive();
    accept(1);
    await look(0);
    expect(socket.destroyed).toBe(false);
  });
});

/** A resolver with the endpoint as target, and its lookup results for each family of the host. */
function lookingUp(ipv4: readonly string[] | Error, ipv6: readonly string[] | Error = []) {
  const lookup: SrvResolver["lookup"] = async (_host, { family }) => {
    const addresses = family === 6 ? ipv6 : ipv4;
    if (addresses instanceof Error) throw addresses;
    return { addresses, ttl: 10 };
  };
  return { ...resolverOf(target(1, { host: "a1.dev-ecs" })), lookup };
}

describe("an endpoint", () => {
  const endpoint = { host: "a1.dev-ecs", address: "10.0.0.1", port: 1 };
  const other = target(2, { host: "b1.dev-ecs", addresses: ["10.0.0.2"] });
  const down = failingResolver("down");

  function askedOf(sources: readonly Source[]): Promise<boolean> {
    return isListed(sources, endpoint, new VirtualClock(), new Lifetime());
  }

  it.each<[boolean, string, readonly SrvResolver[]]>([
    [true, "they name it alone", [resolverOf(old)]],
    [true, "they name it among others", [resolverOf(other, old)]],
    [true, "they name it in other letters", [resolverOf({ ...old, host: "A1.Dev-ECS" })]],
    [
      true,
      "its host has other addresses too",
      [resolverOf({ ...old, addresses: ["::3", "10.0.0.1"] })],
    ],
    [true, "a later resolver names it", [resolverOf(other), down, resolverOf(old)]],
    // Nothing says that it has left.
    [true, "there are none", [resolverOf()]],
    [true, "no server answers", [down]],
    [false, "they name another one", [resolverOf(other)]],
    [false, "all of them name another one", [resolverOf(other), down, resolverOf(other)]],
    [false, "they have another port", [resolverOf({ ...old, port: 2 })]],
    [false, "they have another host", [resolverOf({ ...old, host: "b1.dev-ecs" })]],
    [false, "its host has another address", [resolverOf({ ...old, addresses: ["10.0.0.2"] })]],
    [true, "its host is found at its address", [lookingUp(["10.0.0.1"])]],
    [false, "its host is found at another address", [lookingUp(["10.0.0.2"])]],
    [true, "the lookup of its host fails", [lookingUp(new Error("down"))]],
    [true, "the lookup of its host finds nothing", [lookingUp([])]],
    [true, "one IP version of its host is unknown", [lookingUp(["10.0.0.2"], new Error("down"))]],
  ])("is in the records: %s, when %s", async (isIt, _how, resolvers) => {
    const sources = resolvers.map((resolver) => sourceOf(resolver).source);
    await expect(askedOf(sources)).resolves.toBe(isIt);
    for (const source of sources) source.close(new Error("over"));
  });

  it("counts as in the records if there is only an expired answer", async () => {
    const { source, clock } = sourceOf({
      resolve: resolverInTurn(answerWith([other]), new Error("down")),
    });
    await expect(askedOf([source])).resolves.toBe(false);
    await clock.advance(10_000);
    await expect(askedOf([source])).resolves.toBe(true);
  });
});
