import { describe, expect, it, vi } from "vitest";

import { SrvDialError } from "../../../runtime/src/base/errors.ts";
import type { SrvAnswer, SrvResolver } from "../../../runtime/src/base/types.ts";
import { listenTo } from "../support/channels.ts";
import { failureOf } from "../support/failures.ts";
import { type Behaviour, dialerIn, played, timed } from "../support/network.ts";
import {
  NAME,
  answerWith,
  failingResolver,
  inOrder,
  resolverInTurn,
  resolverOf,
  target,
} from "../support/sources.ts";

/** Minimum age in ms of an answer that is refreshed. */
const YOUNGEST = 112;
const HOST = "redis-1.dev-ecs";
const ROOT = target(0, { host: "." });
const SILENT: SrvResolver = { resolve: () => new Promise(() => {}) };
const DOWN = new Error("down");

type Ports = Record<number, Behaviour>;

const inTurn = (...answers: readonly (SrvAnswer | Error)[]): SrvResolver => ({
  resolve: resolverInTurn(...answers),
});
const answerFor = (...ports: readonly number[]) => answerWith(inOrder(...ports));
const missing = (reason: string) => inTurn(answerWith([], { reason }));

const expiring = (port: number): SrvResolver =>
  inTurn(answerWith([target(port)], { ttl: 1 }), DOWN);

describe("a later resolver", () => {
  const SECOND = resolverOf(target(3));

  it.each<[string, Ports, SrvResolver[], string]>([
    ["at once if the one before has no records", {}, [resolverOf()], "3@0"],
    ["at once if the one before fails", {}, [failingResolver("down")], "3@0"],
    [
      "at once if the targets of the one before all fail",
      { 1: "refuses", 2: "refuses" },
      [resolverOf(target(1), target(2))],
      "1@0 2@0 3@0",
    ],
    [
      "when each target of the one before was silent for its head start",
      {},
      [resolverOf(target(1), target(2))],
      "1@0 2@250 3@500",
    ],
    ["when those before are silent for a second each", {}, [SILENT, SILENT], "3@2000"],
  ])("is asked %s", async (_when, ports, before, play) => {
    const led = dialerIn({ 3: "accepts", ...ports }, { resolver: [...before, SECOND] });
    const at = play.split("@").at(-1);
    expect(await played(led)).toBe(`${play} → 3@${at}`);
    expect(led.asked.at(-1)).toEqual([Number(at)]);
  });

  it("is not asked while a target of the first one answers", async () => {
    const led = dialerIn({ 1: "accepts" }, { resolver: [resolverOf(target(1)), SECOND] });
    expect(await played(led)).toBe("1@0 → 1@0");
    expect(led.asked).toEqual([[0], []]);
  });

  it.each<[string, Ports, string]>([
    ["are silent", { 1: "accepts" }, "2@1000 1@1250 → 1@1250"],
    ["refuse", { 1: "accepts", 2: "refuses", 3: "refuses" }, "2@1000 3@1000 1@1200 → 1@1200"],
    ["are left, which come after its own", { 3: "accepts" }, "2@1000 1@1250 3@1500 → 3@1500"],
  ])(
    "does not keep the first one from being used late, although targets %s",
    async (_which, ports, play) => {
      const late = (resolve: (answer: SrvAnswer) => void): unknown =>
        led.clock.after(1_200, () => resolve(answerWith([target(1)])));
      const first: SrvResolver = { resolve: () => new Promise(late) };
      const led = dialerIn(ports, { resolver: [first, resolverOf(target(2), target(3))] });
      expect(await played(led)).toBe(play);
    },
  );

  it("has five seconds to answer: a dial that makes one pass ends then", async () => {
    const { dialer, clock } = dialerIn({}, { resolver: [failingResolver("down"), SILENT] });
    const dialing = timed(clock, dialer.dial());
    await clock.advance(5_000);
    expect(dialing).toMatchObject({
      at: 5_000,
      error: {
        code: "ERR_SRV_RESOLVE",
        message: `Cannot resolve ${NAME}: down; no answer within 5000 ms`,
        cause: { errors: [{ message: "down" }, { message: "no answer within 5000 ms" }] },
      },
    });
  });

  it("makes a dial that waits end with ERR_SRV_TIMEOUT if it has said nothing", async () => {
    const resolver = [missing("NXDOMAIN"), SILENT];
    const { dialer, clock } = dialerIn({}, { resolver, wait: true, timeout: 3_000 });
    const dialing = timed(clock, dialer.dial());
    await clock.advance(3_000);
    expect(dialing.error?.code).toBe("ERR_SRV_TIMEOUT");
    expect(dialing.error?.message).toContain("NXDOMAIN");
  });

  it("is prepared once, as the first one, after the first connection, whatever becomes of it", async () => {
    const prepare = vi.fn<(name: string) => void>(() => {
      throw new Error("not ready");
    });
    const first = { ...resolverOf(target(1)), prepare };
    const second = { ...resolverOf(), prepare: () => Promise.reject(new Error("not ready")) };
    const { dialer } = dialerIn({ 1: "accepts" }, { resolver: [first, second] });
    await dialer.resolve();
    expect(prepare).not.toHaveBeenCalled();
    await dialer.dial();
    await dialer.dial();
    expect(prepare).toHaveBeenCalledExactlyOnceWith(NAME);
  });
});

describe("an expired answer", () => {
  const ANSWERS = resolverOf(target(2));

  it.each<[string, Ports, SrvResolver[], string]>([
    ["at once if there is no other resolver", {}, [], "1@0"],
    ["at once if the others have nothing", {}, [resolverOf(), failingResolver("down")], "1@0"],
    ["after a quarter of a second if another one is silent", {}, [SILENT], "1@250"],
    ["after the target of another one", { 2: "refuses" }, [ANSWERS], "2@0 1@0"],
    ["not if the target of another one answers", { 2: "accepts" }, [resolverOf(), ANSWERS], "2@0"],
  ])("is dialed %s, and reported once", async (_when, ports, others, play) => {
    using stale = listenTo("srv-dialer:stale");
    const led = dialerIn({ 1: "accepts", ...ports }, { resolver: [expiring(1), ...others] });
    await led.dialer.resolve();
    await led.clock.advance(2_000);
    expect(await played(led)).toContain(`${play} → `);
    const isUsed = play.includes("1@");
    expect([...stale]).toMatchObject(isUsed ? [{ name: NAME, targets: [{ port: 1 }] }] : []);
  });

  it.each([0, 1])(
    "is dialed at once before that of a later resolver; %i others have nothing",
    async (more) => {
      const nothing = Array.from({ length: more }, () => resolverOf());
      const ports: Ports = { 1: "refuses", 2: "accepts" };
      const led = dialerIn(ports, { resolver: [expiring(1), expiring(2), ...nothing] });
      await led.dialer.dial();
      await led.clock.advance(2_000);
      ports[1] = "accepts";
      expect(await played(led)).toBe("1@0 → 1@0");
      ports[1] = "refuses";
      expect(await played(led)).toBe("1@0 2@0 → 2@0");
    },
  );

  it("may be that of a watch or of resolve, which is reported", async () => {
    using stale = listenTo("srv-dialer:stale");
    const { dialer, clock } = dialerIn(
      {},
      {
        resolver: expiring(1),
      },
    );
    await dialer.resolve();
    // During the TTL it is not stale, although a refresh fails.
    expect(await dialer.resolve({ refresh: true })).toMatchObject([{ port: 1 }]);
    expect(stale).toHaveLength(0);
    await clock.advance(2_000);
    expect(await dialer.resolve()).toMatchObject([{ port: 1 }]);
    expect(stale).toHaveLength(1);
  });
});

describe("the error when no resolver has targets", () => {
  const NO_RECORDS = SrvDialError.of("ERR_SRV_NO_RECORDS", "it is new");
  const SERVFAIL = new Error(`Cannot resolve SRV ${NAME}: SERVFAIL`);

  it.each<[string, SrvResolver[], string, object, string]>([
    ["no records", [resolverOf(), resolverOf()], "NO_RECORDS", {}, "has no SRV records"],
    ["a reason", [resolverOf(), inTurn(NO_RECORDS)], "NO_RECORDS", NO_RECORDS, ": it is new"],
    [
      "two reasons",
      [missing("it is new"), missing("it is old")],
      "NO_RECORDS",
      { errors: [{ message: "it is new" }, { message: "it is old" }] },
      ": it is new; it is old",
    ],
    [
      "a failure beside a reason",
      [missing("it is new"), inTurn(DOWN)],
      "RESOLVE",
      DOWN,
      ": it is new; down",
    ],
    // The words that they start with are said once.
    [
      "two failures",
      [inTurn(SERVFAIL), inTurn(DOWN)],
      "RESOLVE",
      { errors: [SERVFAIL, DOWN] },
      ": SERVFAIL; down",
    ],
  ])("has %s", async (_what, resolver, code, cause, message) => {
    const { dialer } = dialerIn({}, { resolver });
    for (const call of [dialer.dial(), dialer.resolve()]) {
      const error = await failureOf(call);
      expect(error).toMatchObject({ code: `ERR_SRV_${code}`, hostname: NAME, attempts: [] });
      expect(error.message.endsWith(message)).toBe(true);
      expect(error.cause ?? {}).toMatchObject(cause);
    }
  });

  it("is the cause if others have targets, none of which answers", async () => {
    const resolver = [failingResolver("down"), resolverOf(target(1)), resolverOf()];
    const { dialer } = dialerIn({ 1: "refuses" }, { resolver });
    const error = await failureOf(dialer.dial());
    const none = `Cannot resolve ${NAME}: down; no SRV records`;
    expect(error.message).toBe(`Cannot connect to ${NAME}: 127.0.0.1:1: refused; ${none}`);
    expect(error.cause).toMatchObject({ code: "ERR_SRV_RESOLVE", message: none });
  });
});

describe("the target `.`, which means that the service is not available", () => {
  it("ends a call, and no later resolver is asked", async () => {
    const { dialer, asked } = dialerIn({}, { resolver: [resolverOf(ROOT), resolverOf(target(1))] });
    for (const call of [dialer.dial(), dialer.resolve(), dialer.dial({ wait: true })]) {
      expect(await failureOf(call)).toMatchObject({
        code: "ERR_SRV_UNAVAILABLE",
        hostname: NAME,
        message: `${NAME} is not available: its SRV target is "."`,
        attempts: [],
      });
    }
    expect(asked[1]).toEqual([]);
  });

  it("is in an error with the attempts before, of a later resolver or a newer answer", async () => {
    const first = [resolverOf(target(1)), resolverOf(ROOT)];
    const newer = inTurn(answerFor(1), answerWith([ROOT]));
    for (const resolver of [first, newer]) {
      const { dialer, clock } = dialerIn({ 1: "refuses" }, { resolver });
      await dialer.resolve();
      clock.skip(YOUNGEST);
      const error = await failureOf(dialer.dial());
      expect(error).toMatchObject({ code: "ERR_SRV_UNAVAILABLE", attempts: [{ port: 1 }] });
      expect(error.message).toBe(
        `${NAME} is not available: its SRV target is "."; tried before: 127.0.0.1:1: refused`,
      );
    }
  });

  it("is ignored beside others", async () => {
    const { dialer } = dialerIn({ 1: "accepts" }, { resolver: resolverOf(ROOT, target(1)) });
    expect((await dialer.dial()).port).toBe(1);
  });
});

describe("a cached answer", () => {
  it.each<[string, Ports, string]>([
    // Only new targets are dialed.
    ["refuse", { 1: "refuses", 2: "refuses" }, "1@0 2@0 3@0 → 3@0"],
    ["were silent for their head starts", {}, "1@0 2@250 3@500 → 3@500"],
  ])("is refreshed once its targets %s", async (_what, ports, play) => {
    const [old, newer] = [[1, 2].map((port) => target(port)), [3, 2].map((port) => target(port))];
    const resolver = inTurn(answerWith(old), answerWith(newer), answerFor(9));
    const led = dialerIn({ 3: "accepts", ...ports }, { resolver });
    await led.dialer.resolve();
    led.clock.skip(YOUNGEST);
    expect(await played(led)).toBe(play);
    expect(led.asked[0]).toHaveLength(2);
  });

  it("is not refreshed if it is fresh, or younger than a tenth of a second", async () => {
    const { dialer, clock, dialed, asked } = dialerIn(
      { 1: "refuses" },
      { resolver: inTurn(answerFor(1)) },
    );
    for (const [ms, times] of [
      [0, [0]],
      [YOUNGEST - 1, [0]],
      [1, [0, YOUNGEST]],
    ] as const) {
      clock.skip(ms);
      await failureOf(dialer.dial());
      expect(asked).toEqual([times]);
    }
    expect(dialed()).toEqual([1, 1, 1]);
  });

  it("is the cause of an error with attempts if its records are gone", async () => {
    const resolver = inTurn(answerFor(1), answerWith([]));
    const { dialer, clock } = dialerIn({ 1: "refuses" }, { resolver });
    await dialer.resolve();
    clock.skip(YOUNGEST);
    const error = await failureOf(dialer.dial());
    expect(error).toMatchObject({ code: "ERR_SRV_CONNECT", attempts: [{ port: 1 }] });
    expect(error.cause).toMatchObject({ code: "ERR_SRV_NO_RECORDS" });
  });

  it("has old addresses of its targets looked up again, and a fresh one has not", async () => {
    const lookup = vi.fn<NonNullable<SrvResolver["lookup"]>>();
    for (const address of ["10.0.0.1", "10.0.0.2"]) {
      lookup.mockResolvedValueOnce({ addresses: [address], ttl: 60 });
    }
    const resolver = { ...resolverOf(target(1, { host: HOST })), lookup };
    const led = dialerIn({ 1: "refuses" }, { resolver, family: 4 });
    await failureOf(led.dialer.dial());
    expect(lookup).toHaveBeenCalledTimes(1);
    led.clock.skip(6_000);
    await failureOf(led.dialer.dial());
    const hosts = led.connections.map(({ options }) => options.host);
    expect(hosts).toEqual(["10.0.0.1", "10.0.0.1", "10.0.0.2"]);
  });

  it("does not exist with cache: false; each dial asks each resolver once", async () => {
    const resolver = [resolverOf(target(1)), resolverOf(target(2))];
    const { dialer, asked } = dialerIn({ 1: "refuses", 2: "refuses" }, { resolver, cache: false });
    for (const times of [[0], [0, 0]]) {
      await failureOf(dialer.dial());
      expect(asked).toEqual([times, times]);
    }
  });
});

describe("a dial beside a silent target", () => {
  it.each([false, true])("dials a new record at once (wait: %s)", async (wait) => {
    let answer = answerFor(1);
    const resolver = { resolve: () => Promise.resolve(answer) };
    const { dialer, clock, asked } = dialerIn({ 1: "silent", 2: "accepts" }, { resolver });
    const dialing = timed(clock, dialer.dial({ wait }));
    await clock.advance(2_500);
    const inSecond = asked[0]?.filter((time) => time >= 1_000 && time < 2_000).length;
    expect(inSecond).toSatisfy((times: number) => times >= 8 && times < 10);
    answer = answerFor(2);
    await clock.advance(500);
    expect(dialing.value?.port).toBe(2);
    expect(dialing.at).toBeLessThan(2_750);
  });
});
