import { Socket } from "node:net";

import { describe, expect, it, vi } from "vitest";

import type { SrvAnswer, SrvTarget } from "../../../runtime/src/base/types.ts";
import type { DialOptions } from "../../../runtime/src/dial/dialer.ts";
import { recheckOf } from "../../../runtime/src/dial/moved.ts";
import { type Port, dialerIn } from "../support/network.ts";
import { NAME, answerWith, resolverOf, target } from "../support/sources.ts";

const EVERY = 5_000;
const old = target(1, { host: "a1.dev-ecs", addresses: ["10.0.0.1"] });

/** An open connection to port 1, whose dialer looks every 5 s; `lead` changes the records. */
async function connected(ports: Readonly<Record<number, Port>>, options: DialOptions = {}) {
  let answer: SrvAnswer | Error = answerWith([old]);
  const resolve = vi.fn<() => Promise<SrvAnswer>>(async () => {
    if (answer instanceof Error) throw answer;
    return answer;
  });
  const all: Record<number, Port> = { 1: "accepts", ...ports };
  const led = dialerIn(all, { resolver: { resolve }, cache: false });
  const connection = await led.dialer.dial();
  led.dialer.endWhenMoved(connection, options, EVERY);
  const { socket } = connection;
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
    /** Looks, after what came with the connection has been noticed. */
    look: async (times = 1) => led.clock.advance(EVERY * (times + 1)),
  };
}

describe("a connection from which nothing comes", () => {
  it("ends once its target has left the records and another one answers", async () => {
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
    // The one that has shown it is of no further use.
    expect(connections.map((each) => each.socket.destroyed)).toEqual([true, true]);
  });

  it("tells an address once, where the record names no host", async () => {
    const resolver = { resolve: async () => answerWith([target(2)]) };
    const { dialer, clock } = dialerIn({ 2: "accepts" }, { resolver });
    const socket = new Socket();
    const errors: Error[] = [];
    socket.on("error", (error) => errors.push(error));
    const connection = { socket, host: "10.0.0.1", address: "10.0.0.1", port: 1, isReady: true };
    dialer.endWhenMoved(connection, {}, EVERY);
    await clock.advance(EVERY);
    expect(errors[0]?.message).toContain("nothing comes from 10.0.0.1:1, which");
  });

  it.each<[string, readonly SrvTarget[]]>([
    ["its target is listed", [target(2), old]],
    ["its target is listed in other letters", [{ ...old, host: "A1.DEV-ECS" }]],
    ["there are no records", []],
    ["it may be one of more than an answer has", [2, 3, 4, 5, 6, 7, 8, 9].map((at) => target(at))],
  ])("stays while %s, and nothing is dialed", async (_why, targets) => {
    const { lead, look, socket, dialed } = await connected({ 2: "accepts" });
    lead(...targets);
    await look(3);
    expect([socket.destroyed, dialed()]).toEqual([false, [1]]);
  });

  it.each([
    ["another port of the same host", { ...old, port: 2 }],
    ["the same port of another host", { ...old, host: "b1.dev-ecs", addresses: ["10.0.0.2"] }],
  ])("ends when the records lead to %s", async (_where, next) => {
    const { lead, look, socket } = await connected({ 2: "accepts" });
    lead(next);
    await look();
    expect(socket.destroyed).toBe(true);
  });

  it("ends though seven others are listed", async () => {
    const { lead, look, socket } = await connected({ 2: "accepts" });
    lead(...[2, 3, 4, 5, 6, 7, 8].map((port) => target(port, { priority: port })));
    await look();
    expect(socket.destroyed).toBe(true);
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

  it("stays while the other target does not speak TLS, as the connection's client does", async () => {
    const { lead, look, socket, dialed } = await connected({ 2: "accepts" }, { tls: {} });
    lead(target(2));
    await look();
    expect([socket.destroyed, dialed()]).toEqual([false, [1, 2]]);
    socket.destroy();
  });

  it("gives a silent target as long as its own dial had", async () => {
    const { lead, look, dialed } = await connected({ 2: "silent" }, { timeout: 100 });
    lead(target(2));
    await look(4);
    expect(dialed()).toEqual([1, 2, 2, 2]);
  });

  it("keeps no process alive while it is looked at", async () => {
    const { lead, look, clock, dialed } = await connected({ 2: "silent" });
    const set = vi.spyOn(clock, "setTimeout");
    lead(target(2));
    await look();
    expect(dialed()).toEqual([1, 2]);
    const refs = set.mock.calls.map((call: readonly unknown[]) => call[2]);
    expect(refs).toContainEqual({ ref: false });
    expect(refs).not.toContainEqual({ ref: true });
  });

  it("stays when the dial leads back to its own target: the answer was an old one", async () => {
    const before = { resolve: async () => answerWith([target(2)]) };
    const now = { resolve: async () => answerWith([old]) };
    const ports = { 1: "accepts", 2: "refuses" } as const;
    const { dialer, clock, connections } = dialerIn(ports, { resolver: [before, now] });
    const connection = await dialer.dial();
    dialer.endWhenMoved(connection, {}, EVERY);
    await clock.advance(3 * EVERY);
    expect(connections.filter(({ socket }) => !socket.destroyed)).toMatchObject([
      { socket: connection.socket },
    ]);
    expect(connections.length).toBeGreaterThan(2);
  });

  it("is looked at again as long as it is open, and no longer", async () => {
    const { look, socket, resolve, clock } = await connected({});
    await look(3);
    const asked = resolve.mock.calls.length;
    expect(asked).toBe(4);
    socket.destroy();
    await clock.advance(10 * EVERY);
    expect(resolve.mock.calls.length).toBe(asked);
    expect(clock.pending).toBe(0);
  });

  it("stays when its dialer is closed", async () => {
    const { lead, look, socket, dialer, dialed } = await connected({ 2: "accepts" });
    lead(target(2));
    dialer.close();
    await look(2);
    expect([socket.destroyed, dialed()]).toEqual([false, [1]]);
  });

  it("is looked at no more when it closes during a look", async () => {
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

  it("that is closed already is not looked at", async () => {
    const { dialer, clock } = dialerIn({}, { resolver: resolverOf() });
    const socket = new Socket().destroy();
    const closed = { socket, host: "10.0.0.1", address: "10.0.0.1", port: 1, isReady: true };
    dialer.endWhenMoved(closed, {}, EVERY);
    expect(clock.pending).toBe(0);
  });
});

describe("recheck", () => {
  it("is 5 s unless given, and may be any time from 10 ms on, or never", () => {
    expect([undefined, 10, 60_000, false].map(recheckOf)).toEqual([5_000, 10, 60_000, undefined]);
  });

  it.each([9, true, null, "5 s", Infinity])("is not %j", (value) => {
    expect(() => recheckOf(value)).toThrow(
      /^Invalid recheck: got .*; allowed: milliseconds from 10 to \d+$/,
    );
  });
});

describe("a connection over which something comes", () => {
  it("stays, and no one asks for the records", async () => {
    const { lead, receive, socket, clock, resolve } = await connected({ 2: "accepts" });
    lead(target(2));
    for (let looks = 0; looks < 5; looks++) {
      receive();
      await clock.advance(EVERY);
    }
    expect(socket.destroyed).toBe(false);
    expect(resolve).toHaveBeenCalledTimes(1);
  });

  it("stays though it comes while the other target is dialed", async () => {
    const { lead, look, receive, socket, connections } = await connected({ 2: "silent" });
    lead(target(2));
    await look();
    receive();
    connections[1]?.socket.emit("connect");
    await look(0);
    expect(socket.destroyed).toBe(false);
  });
});
