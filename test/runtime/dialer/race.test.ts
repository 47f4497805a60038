import { describe, expect, it } from "vitest";

import type { SrvResolver } from "../../../runtime/src/base/types.ts";
import { listenTo } from "../support/channels.ts";
import { failureOf } from "../support/failures.ts";
import {
  type Behaviour,
  dialedAfterLeaving,
  dialerIn,
  leading,
  played,
} from "../support/network.ts";
import { NAME, resolverOf, target } from "../support/sources.ts";

const COOLDOWN = 5_000;
const HOST = "redis-1.dev-ecs";

type Ports = Record<number, Behaviour>;
const WITHOUT_IPV6: Behaviour = ({ host }) => (host === "::1" ? "silent" : "accepts");

describe("a dial", () => {
  it("connects to the address and port of the first target, and gives them", async () => {
    using attempted = listenTo("srv-dialer:attempt");
    using connected = listenTo("srv-dialer:connect");
    const resolver = resolverOf(target(1, { host: "a", addresses: ["10.0.0.1"] }));
    const { dialer, connections } = dialerIn({ 1: "accepts" }, { resolver });
    const { socket, ...where } = await dialer.dial();
    const endpoint = { host: "a", address: "10.0.0.1", port: 1 };
    expect(where).toEqual({ ...endpoint, isReady: true });
    expect(connections).toEqual([{ options: { host: "10.0.0.1", port: 1 }, socket, at: 0 }]);
    expect([...attempted]).toEqual([{ name: NAME, ...endpoint }]);
    expect([...connected]).toEqual([{ name: NAME, ...endpoint, duration: 0 }]);
    expect(socket.listenerCount("connect")).toBe(0);
  });

  it.each<[string, Ports, string]>([
    [
      "tries the next after each head start",
      { 1: "accepts after 600", 2: "silent", 3: "silent" },
      "1@0 2@250 3@500 → 1@600",
    ],
    [
      "tries the next at once after a failure",
      { 1: "refuses after 200", 2: "silent", 3: "accepts" },
      "1@0 2@200 3@450 → 3@450",
    ],
    [
      "waits for a slow one when the last has failed",
      { 1: "accepts after 2500", 2: "refuses" },
      "1@0 2@250 → 1@2500",
    ],
    ["fails at once if all refuse", { 1: "refuses", 2: "refuses" }, "1@0 2@0 → ERR_SRV_CONNECT@0"],
  ])("%s", async (_what, ports, play) => {
    expect(await played(leading(ports))).toBe(play);
  });

  it("destroys the losers, also one that connects at the same moment", async () => {
    using connected = listenTo("srv-dialer:connect");
    const { dialer, clock, connections, accept } = leading({
      1: "silent",
      2: "silent",
      3: "silent",
    });
    const dialing = dialer.dial();
    await clock.advance(500);
    accept(1);
    accept(0);
    expect((await dialing).port).toBe(2);
    expect(connected[0]).toMatchObject({ port: 2, duration: 500 });
    await clock.advance(0);
    expect(connections.map(({ socket }) => socket.destroyed)).toEqual([true, false, true]);
  });

  it("fails with all its attempts", async () => {
    const error = await failureOf(leading({ 1: "refuses", 2: "refuses" }).dialer.dial());
    expect(error).toMatchObject({ code: "ERR_SRV_CONNECT", hostname: NAME });
    expect(error.message).toBe(
      `Cannot connect to ${NAME}: 127.0.0.1:1: refused; 127.0.0.1:2: refused`,
    );
    const endpoint = { host: "127.0.0.1", address: "127.0.0.1", phase: "connect" };
    const refused = { ...endpoint, tries: 1, at: 0, error: new Error("refused") };
    expect(error.attempts).toEqual([1, 2].map((port) => ({ ...refused, port })));
    expect(error.cause).toBe(error.attempts[0]?.error);
  });

  it("fails with at most 100 attempts, names 10 of them, and counts all", async () => {
    const numbers = Array.from({ length: 1_000 }, (_, at) => at + 1);
    const ports = Object.fromEntries(numbers.map((port) => [port, "refuses"] as const));
    const { attempts, message } = await failureOf(leading(ports).dialer.dial());
    expect(attempts).toHaveLength(100);
    expect(message.split("; ")).toHaveLength(11);
    expect(message).toContain("127.0.0.1:10: refused; and 990 more");
  });

  it("dials an address once, although thousands of targets have it", async () => {
    const same = target(1, { host: "a", addresses: ["127.0.0.1"] });
    const targets = Array.from({ length: 20_000 }, () => same);
    const resolver = resolverOf(target(1), ...targets, target(2));
    const led = dialerIn({ 1: "refuses", 2: "refuses" }, { resolver });
    expect(await played(led)).toBe("1@0 2@0 → ERR_SRV_CONNECT@0");
  });

  it("ends at its deadline, with the unfinished attempts", async () => {
    const { dialer, clock, connections } = leading({ 1: "silent" });
    const failure = failureOf(dialer.dial());
    await clock.advance(10_000);
    const error = await failure;
    expect(error).toMatchObject({ code: "ERR_SRV_TIMEOUT", hostname: NAME });
    expect(error.message).toBe(
      `Dial of ${NAME} not done within 10000 ms: 127.0.0.1:1: still waiting for the connection`,
    );
    expect(error.attempts).toMatchObject([{ port: 1, phase: "connect" }]);
    expect(connections[0]?.socket.destroyed).toBe(true);
  });

  it("ends at the deadline of the call, also while it resolves", async () => {
    const resolver = { resolve: () => new Promise<never>(() => {}) };
    const { dialer, clock } = dialerIn({}, { resolver });
    const failure = failureOf(dialer.dial({ timeout: 50 }));
    await clock.advance(50);
    expect((await failure).message).toBe(
      `Dial of ${NAME} not done within 50 ms: Cannot resolve ${NAME}: no answer yet`,
    );
  });
});

describe("targets that failed", () => {
  it("are tried last until the cooldown is over, and have a head start of 100 ms", async () => {
    const ports: Ports = { 1: "refuses", 2: "accepts" };
    const led = leading(ports);
    await led.dialer.dial();
    Object.assign(ports, { 1: "accepts", 2: "silent" });
    expect(await played(led)).toBe("2@0 1@250 → 1@250");
    Object.assign(ports, { 1: "silent", 2: "accepts" });
    // Now the second one has failed.
    expect(await played(led)).toBe("1@0 2@250 → 2@250");
    led.clock.skip(COOLDOWN);
    expect(await played(led)).toBe("1@0 2@250 → 2@250");
    Object.assign(ports, { 1: "refuses", 2: "refuses" });
    await failureOf(led.dialer.dial());
    Object.assign(ports, { 1: "silent", 2: "accepts" });
    expect(await played(led)).toBe("1@0 2@100 → 2@100");
  });

  it.each<[string, Ports, number, string]>([
    ["include one that was unfinished at the deadline", { 1: "silent", 2: "accepts" }, 100, "2@0"],
    ["do not include one that a deadline gave no time", { 1: "silent", 2: "accepts" }, 5, "1@0"],
    [
      "do not include one whose head start another's failure cut short",
      { 1: "refuses after 300", 2: "silent", 3: "accepts" },
      1_000,
      "2@0 3@250",
    ],
  ])("%s", async (_which, ports, timeout, play) => {
    const led = leading(ports);
    await played(led, { timeout });
    expect(await played(led, { timeout: 290 })).toSatisfy((all: string) => all.startsWith(play));
  });

  it("do not include one whose dial was aborted", async () => {
    expect(await dialedAfterLeaving(leading({ 1: "silent", 2: "accepts" }))).toEqual([1, 1]);
  });

  it("include another address of a winner, but not its target", async () => {
    const both = target(1, { host: HOST, addresses: ["::1", "10.0.0.1"] });
    const led = dialerIn(
      { 1: WITHOUT_IPV6, 2: "accepts" },
      { resolver: resolverOf(both, target(2)) },
    );
    expect(await played(led)).toBe("1@0 1@250 → 1@250");
    expect(await played(led)).toBe("1@0 → 1@0");
  });
});

describe("a dial whose target comes without addresses", () => {
  type Lookups = Readonly<Record<4 | 6, string>>;

  /** Its first target needs lookups: each is `silent`, `fails`, or gives addresses, after a time in ms. */
  function lookingUp(
    lookups: Lookups,
    ports: Ports,
    options: { family?: 6; timeout?: number } = {},
  ) {
    const lookup: SrvResolver["lookup"] = async (_host, { family }) => {
      const [found = "", ms] = lookups[family].split(" after ");
      if (ms !== undefined) await new Promise<void>((done) => led.clock.after(Number(ms), done));
      if (found === "silent") return new Promise(() => {});
      if (found === "fails") throw new Error("SERVFAIL");
      return { addresses: found.split(" ").filter(Boolean), ttl: 60 };
    };
    const targets = [target(1, { host: HOST }), target(2)];
    const led = dialerIn(ports, { resolver: { ...resolverOf(...targets), lookup }, ...options });
    return led;
  }

  it.each<[string, Lookups, string[]]>([
    ["both IP versions", { 4: "10.0.0.1", 6: "::2" }, ["::2", "10.0.0.1"]],
    ["one, if the other one has none", { 4: "10.0.0.1", 6: "" }, ["10.0.0.1"]],
    ["one, if the other one fails", { 4: "10.0.0.1", 6: "fails" }, ["10.0.0.1"]],
  ])("dials the addresses of %s", async (_what, lookups, addresses) => {
    const { dialer, connections } = lookingUp(lookups, { 1: "refuses", 2: "refuses" });
    const { attempts } = await failureOf(dialer.dial());
    expect(connections.map(({ options }) => options.host)).toEqual([...addresses, "127.0.0.1"]);
    // A lookup that found something, or is not needed, is not an attempt.
    expect(attempts.map(({ address }) => address)).toEqual([...addresses, "127.0.0.1"]);
  });

  it.each<[string, Lookups, { family?: 6; timeout?: number }, string]>([
    ["none is found", { 4: "", 6: "" }, {}, "it has no address"],
    ["the lookups fail", { 4: "fails", 6: "" }, {}, "SERVFAIL"],
    [
      "none is of its IP version",
      { 4: "10.0.0.1", 6: "" },
      { family: 6 },
      "it has no IPv6 address",
    ],
    ["it waits", { 4: "silent", 6: "" }, { timeout: 100 }, "still waiting for its address"],
  ])("says in its error that %s", async (_what, lookups, options, message) => {
    const { dialer, clock } = lookingUp(lookups, { 2: "refuses" }, options);
    const failure = failureOf(dialer.dial());
    await clock.advance(options.timeout ?? 0);
    const lookup = { host: HOST, address: undefined, port: 1, phase: "lookup" };
    expect((await failure).attempts[0]).toMatchObject({ ...lookup, error: { message } });
  });

  it.each<[string, string, Ports, string]>([
    ["at once if a lookup finds nothing", "", { 2: "accepts" }, "2@0 → 2@0"],
    ["during a silent lookup", "silent", { 2: "accepts" }, "2@250 → 2@250"],
    [
      "during a slow lookup",
      "10.0.0.1 after 300",
      { 1: "accepts", 2: "silent" },
      "2@250 1@500 → 1@500",
    ],
    [
      "after the head start that the lookup and the first attempt share",
      "10.0.0.1 10.0.0.2 after 150",
      { 1: "silent", 2: "accepts" },
      "1@150 1@250 2@500 → 2@500",
    ],
  ])("goes on with the next target %s", async (_when, lookup, ports, play) => {
    expect(await played(lookingUp({ 4: lookup, 6: "" }, ports))).toBe(play);
  });

  it("does not count a lookup as a failure of the target when it is aborted", async () => {
    const silent = lookingUp({ 4: "silent", 6: "silent" }, { 2: "accepts" });
    expect(await dialedAfterLeaving(silent)).toEqual([]);
    const found = lookingUp({ 4: "10.0.0.1", 6: "" }, { 1: "silent", 2: "accepts" });
    expect(await dialedAfterLeaving(found)).toEqual([1, 1]);
  });
});
