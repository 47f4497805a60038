import { describe, expect, it, vi } from "vitest";

import type { SrvResolver } from "../../../runtime/src/base/types.ts";
import { listenTo } from "../support/channels.ts";
import { failureOf } from "../support/failures.ts";
import { type Port, dialedAfterLeaving, dialerIn, leading } from "../support/network.ts";
import {
  NAME,
  answerWith,
  failingResolver,
  inOrder,
  resolverInTurn,
  resolverOf,
  target,
} from "../support/sources.ts";

const ATTEMPT_DELAY = 250;
const TIMEOUT = 10_000;
const COOLDOWN = 5_000;
const ROOT = target(0, { host: "." });

/** Whether the target of the connection is missing in the answer of the first resolver. */
async function isFallback(...resolver: readonly SrvResolver[]) {
  const { dialer } = dialerIn({ 1: "accepts", 2: "refuses", 3: "refuses" }, { resolver });
  const connections = [await dialer.dial(), await dialer.dial()];
  dialer.close();
  return connections.map((connection) => connection.isFallback === true);
}

/** A dialer with an expired answer and a failing resolver. */
async function expired(ports: Readonly<Record<number, Port>>, isAlone = true) {
  const resolve = resolverInTurn(answerWith(inOrder(1), { ttl: 1 }), new Error("down"));
  const others = isAlone ? [] : [resolverOf()];
  const led = dialerIn(ports, { resolver: [{ resolve }, ...others] });
  await led.dialer.resolve();
  await led.clock.advance(2_000);
  return led;
}

describe("a dial", () => {
  it("says if only a later resolver names the target, also with a cached first answer", async () => {
    const [one, two] = [resolverOf(target(1)), resolverOf(target(2))];
    await expect(isFallback(one, two)).resolves.toEqual([false, false]);
    await expect(isFallback(resolverOf(...inOrder(2, 1)))).resolves.toEqual([false, false]);
    await expect(isFallback(two, one)).resolves.toEqual([true, true]);
    await expect(isFallback(two, resolverOf(...inOrder(3, 1)))).resolves.toEqual([true, true]);
    // A resolver that fails has no answer.
    await expect(isFallback(failingResolver("down"), one)).resolves.toEqual([false, false]);
    const both = resolverOf(...inOrder(2, 1));
    await expect(isFallback(both, one)).resolves.toEqual([false, false]);
  });

  it("connects to the address and port of the first target, and gives them", async () => {
    using attempted = listenTo("srv-dialer:attempt");
    using connected = listenTo("srv-dialer:connect");
    const resolver = resolverOf(target(1, { host: "a", addresses: ["10.0.0.1"] }));
    const { dialer, clock, connections } = dialerIn({ 1: "accepts" }, { resolver, noDelay: true });
    const { socket, ...where } = await dialer.dial();
    const endpoint = { host: "a", address: "10.0.0.1", port: 1 };
    expect(where).toEqual({ ...endpoint, isReady: true });
    expect(connections).toEqual([
      { options: { host: "10.0.0.1", port: 1, noDelay: true }, socket },
    ]);
    expect([...attempted]).toEqual([{ name: NAME, ...endpoint }]);
    expect([...connected]).toEqual([{ name: NAME, ...endpoint, duration: 0 }]);
    expect(socket.listenerCount("connect")).toBe(0);
    dialer.close();
    clock.expectNoTimers();
  });

  it("gives its duration", async () => {
    using connected = listenTo("srv-dialer:connect");
    const { dialer, clock } = leading({ 1: "silent", 2: "accepts" });
    clock.skip(1_000);
    const dialing = dialer.dial();
    await clock.advance(ATTEMPT_DELAY);
    await dialing;
    expect([...connected]).toMatchObject([{ port: 2, duration: ATTEMPT_DELAY }]);
  });

  it("continues immediately when a target refuses, and fails with all attempts", async () => {
    const { dialer, clock, dialed } = leading({ 1: "refuses", 2: "refuses" });
    const error = await failureOf(dialer.dial());
    expect(clock.now()).toBe(0);
    expect(dialed()).toEqual([1, 2]);
    expect(error).toMatchObject({ code: "ERR_SRV_CONNECT", hostname: NAME });
    expect(error.message).toBe(
      `Cannot connect to ${NAME}: 127.0.0.1:1: refused; 127.0.0.1:2: refused`,
    );
    expect(error.attempts).toMatchObject([
      { host: "127.0.0.1", address: "127.0.0.1", port: 1, phase: "connect" },
      { port: 2 },
    ]);
    expect(error.cause).toBe(error.attempts[0]?.error);
  });

  it("tries the next in parallel to a silent one, and destroys the losers", async () => {
    const { dialer, clock, connections, dialed } = leading({ 1: "silent", 2: "silent" });
    const dialing = dialer.dial();
    await clock.advance(ATTEMPT_DELAY - 1);
    expect(dialed()).toEqual([1]);
    await clock.advance(1);
    expect(dialed()).toEqual([1, 2]);
    connections[0]?.socket.emit("connect");
    expect((await dialing).port).toBe(1);
    expect(connections.map(({ socket }) => socket.destroyed)).toEqual([false, true]);
    dialer.close();
    await clock.advance(0);
    clock.expectNoTimers();
  });

  it("ends at its deadline with the unfinished attempts", async () => {
    const { dialer, clock, connections } = leading({ 1: "silent" });
    const failure = failureOf(dialer.dial());
    await clock.advance(TIMEOUT);
    const error = await failure;
    expect(error).toMatchObject({ code: "ERR_SRV_TIMEOUT", hostname: NAME });
    expect(error.message).toBe(
      `Dial of ${NAME} not done within 10000 ms: 127.0.0.1:1: still waiting for the connection`,
    );
    expect(error.attempts).toMatchObject([{ port: 1, phase: "connect" }]);
    expect(connections[0]?.socket.destroyed).toBe(true);
  });

  it("says why its targets failed, if the deadline passes right after another try has begun", async () => {
    const options = { resolver: resolverOf(target(1)), random: () => 0.99 };
    const { dialer, clock, connections } = dialerIn({ 1: "silent" }, options);
    const failure = failureOf(dialer.dial({ wait: true, timeout: 113 }));
    await clock.advance(0);
    connections[0]?.socket.destroy(new Error("refused"));
    await clock.advance(113);
    expect(connections).toHaveLength(2);
    const error = await failure;
    expect(error.code).toBe("ERR_SRV_CONNECT");
    expect(error.message).toContain("127.0.0.1:1: refused (2 tries, the last after 0.1 s)");
  });

  it("ends at its own deadline while it resolves", async () => {
    const resolver = { resolve: () => new Promise<never>(() => {}) };
    const { dialer, clock } = dialerIn({}, { resolver });
    const failure = failureOf(dialer.dial({ timeout: 50 }));
    await clock.advance(50);
    expect((await failure).message).toBe(`Dial of ${NAME} not done within 50 ms: while resolving`);
  });

  it.each<[string, string, (abort: AbortController, close: () => void) => void]>([
    ["ERR_SRV_ABORTED", `Dial of ${NAME} aborted`, (abort) => abort.abort("because")],
    ["ERR_SRV_CLOSED", `Dial of ${NAME} ended: the dialer was closed`, (_abort, close) => close()],
  ])("ends with %s", async (code, message, end) => {
    const { dialer, clock, connections } = leading({ 1: "silent" });
    const controller = new AbortController();
    const failure = failureOf(dialer.dial({ signal: controller.signal }));
    await clock.advance(0);
    end(controller, () => dialer.close());
    const error = await failure;
    expect(error.code).toBe(code);
    expect(error.message).toBe(`${message}: 127.0.0.1:1: still waiting for the connection`);
    expect(error.cause).toBe(code === "ERR_SRV_ABORTED" ? "because" : undefined);
    await clock.advance(0);
    expect(connections[0]?.socket.destroyed).toBe(true);
    dialer.close();
    clock.expectNoTimers();
  });

  it("continues with the next resolver, and has what each is missing as the cause", async () => {
    const resolver = [failingResolver("down"), resolverOf(target(1)), resolverOf()];
    const { dialer } = dialerIn({ 1: "refuses" }, { resolver });
    const error = await failureOf(dialer.dial());
    expect(error.message).toBe(
      `Cannot connect to ${NAME}: 127.0.0.1:1: refused; Cannot resolve ${NAME}: down`,
    );
    expect(error.cause).toMatchObject({ code: "ERR_SRV_RESOLVE" });
  });

  it("fails without attempts when no resolver has targets", async () => {
    const { dialer } = dialerIn({}, { resolver: resolverOf() });
    expect(await failureOf(dialer.dial())).toMatchObject({
      code: "ERR_SRV_NO_RECORDS",
      attempts: [],
    });
  });

  it("ends at the target `.`, with the attempts before", async () => {
    const alone = dialerIn({}, { resolver: resolverOf(ROOT) }).dialer;
    const error = await failureOf(alone.dial());
    expect(error).toMatchObject({ code: "ERR_SRV_UNAVAILABLE", attempts: [] });
    const resolver = [resolverOf(target(1)), resolverOf(ROOT)];
    const later = await failureOf(dialerIn({ 1: "refuses" }, { resolver }).dialer.dial());
    expect(later).toMatchObject({
      code: "ERR_SRV_UNAVAILABLE",
      hostname: NAME,
      attempts: [{ port: 1 }],
    });
    expect(later.message).toBe(`${error.message}; tried before: 127.0.0.1:1: refused`);
    // A cached answer is dialed without a search, and `.` is not a target of it either.
    expect((await failureOf(alone.dial())).code).toBe("ERR_SRV_UNAVAILABLE");
  });

  it("dials only the additional targets of a refreshed answer", async () => {
    const resolve = resolverInTurn(
      answerWith(inOrder(1, 2)),
      answerWith(inOrder(3, 2)),
      answerWith(inOrder(9)),
    );
    const ports: Record<number, Port> = { 1: "accepts", 2: "refuses", 3: "accepts" };
    const { dialer, clock, dialed } = dialerIn(ports, { resolver: { resolve } });
    await dialer.dial();
    ports[1] = "refuses";
    clock.skip(100);
    expect((await dialer.dial()).port).toBe(3);
    expect(dialed()).toEqual([1, 1, 2, 3]);
    expect(resolve).toHaveBeenCalledTimes(2);
    dialer.close();
  });

  it("does not refresh an answer that is younger than minRefresh, or fresh", async () => {
    const resolve = resolverInTurn(answerWith(inOrder(1)));
    const { dialer, clock, dialed } = dialerIn({ 1: "refuses" }, { resolver: { resolve } });
    await failureOf(dialer.dial());
    expect(resolve).toHaveBeenCalledTimes(1);
    clock.skip(99);
    await failureOf(dialer.dial());
    expect(resolve).toHaveBeenCalledTimes(1);
    clock.skip(1);
    await failureOf(dialer.dial());
    expect(resolve).toHaveBeenCalledTimes(2);
    expect(dialed()).toEqual([1, 1, 1]);
    dialer.close();
  });

  it("refreshes a cached answer when each target is silent for its head start", async () => {
    const resolve = resolverInTurn(answerWith(inOrder(1)), answerWith(inOrder(2)));
    const ports: Record<number, Port> = { 1: "accepts", 2: "accepts" };
    const { dialer, clock } = dialerIn(ports, { resolver: { resolve } });
    await dialer.dial();
    ports[1] = "silent";
    clock.skip(1_000);
    const dialing = dialer.dial();
    await clock.advance(ATTEMPT_DELAY - 1);
    expect(resolve).toHaveBeenCalledTimes(1);
    await clock.advance(1);
    expect((await dialing).port).toBe(2);
    dialer.close();
  });

  it("asks the next resolver when each target of the first is silent for its head start", async () => {
    const resolver = [resolverOf(target(1)), resolverOf(target(2))];
    const { dialer, clock } = dialerIn({ 1: "silent", 2: "accepts" }, { resolver });
    const dialing = dialer.dial();
    await clock.advance(ATTEMPT_DELAY);
    expect((await dialing).port).toBe(2);
    dialer.close();
  });

  it("gives a target that failed recently a head start of 100 ms", async () => {
    const ports: Record<number, Port> = { 1: "refuses", 2: "refuses" };
    const { dialer, clock, dialed } = dialerIn(ports, { resolver: resolverOf(...inOrder(1, 2)) });
    await failureOf(dialer.dial());
    Object.assign(ports, { 1: "silent", 2: "accepts" });
    const dialing = dialer.dial();
    await clock.advance(99);
    expect(dialed()).toEqual([1, 2, 1]);
    await clock.advance(1);
    expect((await dialing).port).toBe(2);
    dialer.close();
  });

  it("dials a backup only when its primary has failed, or was silent for priorityDelay", async () => {
    const resolver = resolverOf(...inOrder(1, 2));
    const slow = dialerIn({ 1: "silent", 2: "accepts" }, { resolver });
    const dialing = slow.dialer.dial();
    await slow.clock.advance(300);
    expect(slow.dialed()).toEqual([1]);
    slow.connections[0]?.socket.emit("connect");
    expect((await dialing).port).toBe(1);
    slow.dialer.close();

    const silent = dialerIn({ 1: "silent", 2: "accepts" }, { resolver, priorityDelay: 3_000 });
    const late = silent.dialer.dial();
    await silent.clock.advance(2_999);
    expect(silent.dialed()).toEqual([1]);
    await silent.clock.advance(1);
    expect((await late).port).toBe(2);
    silent.dialer.close();

    const refused = dialerIn({ 1: "refuses", 2: "accepts" }, { resolver });
    expect((await refused.dialer.dial()).port).toBe(2);
    expect(refused.clock.now()).toBe(0);
    refused.dialer.close();
  });

  it("does not wait with a backup longer because a silent primary is tried again", async () => {
    const resolver = resolverOf(...inOrder(1, 2));
    const led = dialerIn({ 1: "silent", 2: "accepts" }, { resolver, cooldown: 0 });
    const dialing = led.dialer.dial({ wait: true });
    await led.clock.advance(2_300);
    expect((await dialing).port).toBe(2);
    led.dialer.close();
  });

  it("drops a backup that has left the records while it waits", async () => {
    const resolve = resolverInTurn(answerWith(inOrder(1, 2)), answerWith(inOrder(1)));
    const led = dialerIn({ 1: "silent", 2: "accepts" }, { resolver: { resolve } });
    const failure = failureOf(led.dialer.dial({ timeout: 5_000 }));
    await led.clock.advance(5_000);
    expect((await failure).code).toBe("ERR_SRV_TIMEOUT");
    expect(led.dialed()).toEqual([1]);
    led.dialer.close();
  });

  it("compares no priorities of different resolvers", async () => {
    const first = resolverOf(target(1, { priority: 1 }));
    const second = resolverOf(target(2, { priority: 10 }));
    const led = dialerIn({ 1: "silent", 2: "accepts" }, { resolver: [first, second] });
    const dialing = led.dialer.dial();
    await led.clock.advance(ATTEMPT_DELAY);
    expect((await dialing).port).toBe(2);
    led.dialer.close();
  });

  it("dials a new primary at once while its backup waits for the silent one", async () => {
    const resolve = resolverInTurn(answerWith(inOrder(1, 9)), answerWith(inOrder(2, 9)));
    const ports: Record<number, Port> = { 1: "accepts", 2: "accepts", 9: "accepts" };
    const { dialer, clock, dialed } = dialerIn(ports, { resolver: { resolve } });
    await dialer.dial();
    ports[1] = "silent";
    clock.skip(1_000);
    const dialing = dialer.dial();
    await clock.advance(ATTEMPT_DELAY);
    expect((await dialing).port).toBe(2);
    expect(dialed()).toEqual([1, 1, 2]);
    dialer.close();
  });

  it("dials an address that is twice in an answer once", async () => {
    const twice = [target(1), target(1, { host: "a", addresses: ["127.0.0.1"] })];
    const { dialer, dialed } = dialerIn({ 1: "refuses" }, { resolver: resolverOf(...twice) });
    expect((await failureOf(dialer.dial())).attempts).toHaveLength(1);
    expect(dialed()).toEqual([1]);
  });

  it("tries failed targets last, until the cooldown is over", async () => {
    const ports: Record<number, Port> = { 1: "refuses", 2: "accepts" };
    const { dialer, clock, dialed } = dialerIn(ports, {
      resolver: resolverOf(...inOrder(1, 2)),
    });
    await dialer.dial();
    ports[1] = "accepts";
    expect((await dialer.dial()).port).toBe(2);
    clock.skip(COOLDOWN);
    expect((await dialer.dial()).port).toBe(1);
    expect(dialed()).toEqual([1, 2, 2, 1]);
    dialer.close();
  });

  it("tries targets last that lost after their head start, or were unfinished at the deadline", async () => {
    const slow = leading({ 1: "silent", 2: "accepts" });
    const first = slow.dialer.dial();
    await slow.clock.advance(ATTEMPT_DELAY);
    await first;
    await slow.dialer.dial();
    expect(slow.dialed()).toEqual([1, 2, 2]);
    slow.dialer.close();

    const cut = leading({ 1: "silent", 2: "accepts" });
    const failure = failureOf(cut.dialer.dial({ timeout: 100 }));
    await cut.clock.advance(100);
    await failure;
    await cut.dialer.dial();
    expect(cut.dialed()).toEqual([1, 2]);
    cut.dialer.close();
  });

  it("keeps the order after a deadline that gave a target no time", async () => {
    const { dialer, clock, dialed } = leading({ 1: "silent", 2: "accepts" });
    const failure = failureOf(dialer.dial({ timeout: 5 }));
    await clock.advance(5);
    await failure;
    dialer.dial().catch(() => {});
    await clock.advance(0);
    expect(dialed()).toEqual([1, 1]);
    dialer.close();
  });

  it("does not count an abort by the caller as a failure", async () => {
    expect(await dialedAfterLeaving(leading({ 1: "silent", 2: "accepts" }))).toEqual([1, 1]);
  });
});

describe("a dial with a stale answer", () => {
  it.each([true, false])("is dialed, and reported once; only resolver: %s", async (alone) => {
    using stale = listenTo("srv-dialer:stale");
    const { dialer } = await expired({ 1: "accepts" }, alone);
    expect((await dialer.dial()).port).toBe(1);
    expect([...stale]).toMatchObject([{ name: NAME, targets: [{ port: 1 }] }]);
    expect(dialer.stats().staleAnswers).toBe(1);
    dialer.close();
  });

  it("reports it once, even if it is dialed with and without a search", async () => {
    const { dialer } = await expired({ 1: "refuses" });
    await failureOf(dialer.dial());
    expect(dialer.stats().staleAnswers).toBe(1);
    dialer.close();
  });
});

/** Repairs what a hundred dials wait for. @returns how many of them connect at the next look */
async function connectedAfter(led: ReturnType<typeof dialerIn>, repair: () => void) {
  const dials = Array.from({ length: 100 }, () => led.dialer.dial({ wait: true }));
  await led.clock.advance(1_000);
  repair();
  await led.clock.advance(150);
  led.dialer.close();
  return (await Promise.allSettled(dials)).filter(({ status }) => status === "fulfilled").length;
}

describe("dials that wait", () => {
  it("all connect when DNS answers again as before", async () => {
    const answer = answerWith(inOrder(1));
    const resolve = vi.fn<SrvResolver["resolve"]>(() => Promise.resolve(answer));
    const led = dialerIn({ 1: "accepts" }, { resolver: { resolve }, cache: false });
    await led.dialer.resolve();
    resolve.mockImplementation(() => Promise.reject(new Error("down")));
    const repair = (): void => void resolve.mockImplementation(() => Promise.resolve(answer));
    expect(await connectedAfter(led, repair)).toBe(100);
  });

  it("all connect when their target accepts again, also without a cooldown", async () => {
    for (const cooldown of [5_000, 0]) {
      const ports: Record<number, Port> = { 1: "refuses" };
      const led = dialerIn(ports, { resolver: resolverOf(target(1)), cooldown });
      expect(await connectedAfter(led, () => (ports[1] = "accepts"))).toBe(100);
    }
  });
});
