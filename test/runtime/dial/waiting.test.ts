import { getEventListeners } from "node:events";

import { array, assert, asyncProperty, boolean, constantFrom, integer, record } from "fast-check";
import { describe, expect, it } from "vitest";

import { SrvDialError } from "../../../runtime/src/base/errors.ts";
import type { SrvAnswer, SrvDialerOptions, SrvResolver } from "../../../runtime/src/base/types.ts";
import { failureOf } from "../support/failures.ts";
import { type Behaviour, dialerIn } from "../support/network.ts";
import { NAME, answerWith, target } from "../support/sources.ts";

const TIMEOUT = 10_000;
const NO_RECORDS = answerWith([], { ttl: 10, reason: "the DNS server 10.0.0.2 answered NXDOMAIN" });

/** A network whose DNS answer and ports the test changes. */
function network(ports: Record<number, Behaviour>, options: SrvDialerOptions = {}) {
  const dns: { answer: SrvAnswer | Error } = { answer: NO_RECORDS };
  const resolver: SrvResolver = {
    resolve: () =>
      dns.answer instanceof Error ? Promise.reject(dns.answer) : Promise.resolve(dns.answer),
  };
  const led = dialerIn(ports, { resolver, random: () => 0.5, ...options });
  const leadTo = (...numbers: number[]): void => {
    dns.answer = answerWith(
      numbers.map((port) => target(port, { ttl: 1 })),
      { ttl: 1 },
    );
  };
  return { ...led, dns, leadTo };
}

/** When a promise is settled, in ms of the clock, and how. */
function timed<T>(clock: { now: () => number }, promise: Promise<T>) {
  const outcome: { at?: number; value?: T; error?: SrvDialError } = {};
  promise.then(
    (value) => Object.assign(outcome, { at: clock.now(), value }),
    (error: unknown) => Object.assign(outcome, { at: clock.now(), error }),
  );
  return outcome;
}

describe("a dial that has won nothing", () => {
  it.each([false, true])(
    "dials a new record beside a silent host at once (wait: %s)",
    async (wait) => {
      const { dialer, clock, leadTo } = network({ 1: "silent", 2: "accepts" });
      leadTo(1);
      const dialing = timed(clock, dialer.dial({ wait }));
      await clock.advance(2_500);
      leadTo(2);
      await clock.advance(500);
      expect(dialing.value?.port).toBe(2);
      expect(dialing.at).toBeLessThan(2_500 + 250);
      dialer.close();
      clock.expectNoTimers();
    },
  );

  it("makes one pass unless it waits", async () => {
    const { dialer, clock, leadTo, dialed } = network({ 1: "refuses" });
    expect((await failureOf(dialer.dial())).code).toBe("ERR_SRV_NO_RECORDS");
    leadTo(1);
    await clock.advance(200);
    expect((await failureOf(dialer.dial())).code).toBe("ERR_SRV_CONNECT");
    expect(dialed()).toEqual([1]);
    dialer.close();
  });
});

describe("a dial that waits", () => {
  it("gets a connection once there is a record", async () => {
    const { dialer, clock, leadTo } = network({ 1: "accepts" }, { wait: true });
    const dialing = timed(clock, dialer.dial());
    await clock.advance(3_000);
    leadTo(1);
    await clock.advance(150);
    expect(dialing.value?.port).toBe(1);
    dialer.close();
    clock.expectNoTimers();
  });

  it("gets a connection once a target accepts", async () => {
    const ports: Record<number, Behaviour> = { 1: "refuses" };
    const { dialer, clock, leadTo } = network(ports, { wait: true });
    leadTo(1);
    const dialing = timed(clock, dialer.dial());
    await clock.advance(3_000);
    ports[1] = "accepts";
    await clock.advance(150);
    expect(dialing.value?.port).toBe(1);
    dialer.close();
  });

  it("gets a connection once a server can be used, and tries it again until then", async () => {
    let isRedis = false;
    const verify = (): Promise<void> =>
      isRedis ? Promise.resolve() : Promise.reject(new Error("not Redis"));
    const { dialer, clock, leadTo, connections } = network(
      { 1: "accepts" },
      { wait: true, verify },
    );
    leadTo(1);
    const dialing = timed(clock, dialer.dial());
    await clock.advance(3_000);
    isRedis = true;
    await clock.advance(150);
    expect(dialing.value?.port).toBe(1);
    expect(connections.filter(({ socket }) => !socket.destroyed)).toHaveLength(1);
    dialer.close();
  });

  it("tries an endpoint again beside a connection that is never answered, ever more rarely", async () => {
    let answers = false;
    const verify = (): Promise<void> => (answers ? Promise.resolve() : new Promise(() => {}));
    const { dialer, clock, leadTo, dialed, connections } = network(
      { 1: "accepts" },
      { wait: true, verify },
    );
    leadTo(1);
    const dialing = timed(clock, dialer.dial());
    await clock.advance(5_000);
    // After 1 s, and 2 s later.
    expect(dialed()).toHaveLength(3);
    answers = true;
    await clock.advance(2_300);
    expect(dialing.value?.port).toBe(1);
    expect(connections.filter(({ socket }) => !socket.destroyed)).toHaveLength(1);
    dialer.close();
    clock.expectNoTimers();
  });

  it("asks the next resolver of a list too", async () => {
    const second: { answer: SrvAnswer } = { answer: NO_RECORDS };
    const resolver: SrvResolver[] = [
      { resolve: () => Promise.resolve(NO_RECORDS) },
      { resolve: () => Promise.resolve(second.answer) },
    ];
    const { dialer, clock } = dialerIn({ 1: "accepts" }, { resolver, wait: true });
    const dialing = timed(clock, dialer.dial());
    await clock.advance(1_000);
    second.answer = answerWith([target(1)]);
    await clock.advance(150);
    expect(dialing.value?.port).toBe(1);
    dialer.close();
  });

  it("ends at once if the service says that it is not available", async () => {
    const { dialer, clock, dns } = network({}, { wait: true });
    const dialing = timed(clock, dialer.dial());
    await clock.advance(1_000);
    dns.answer = answerWith([target(0, { host: "." })]);
    await clock.advance(150);
    expect(dialing.error?.code).toBe("ERR_SRV_UNAVAILABLE");
    dialer.close();
  });

  it.each([
    ["no records", {}, [], "ERR_SRV_NO_RECORDS", "10.0.0.2 answered NXDOMAIN"],
    [
      "a target that refuses",
      { 1: "refuses" },
      [1],
      "ERR_SRV_CONNECT",
      /127.0.0.1:1: refused \(\d\d tries, the last after (?:9\.\d|10\.0) s\)/,
    ],
    [
      "a silent target",
      { 1: "silent" },
      [1],
      "ERR_SRV_TIMEOUT",
      "127.0.0.1:1: still waiting for the connection",
    ],
  ] as const)(
    "says at its deadline what was tried: %s",
    async (_, ports, records, code, message) => {
      const { dialer, clock, leadTo } = network(ports, { wait: true });
      if (records.length > 0) leadTo(...records);
      const dialing = timed(clock, dialer.dial());
      await clock.advance(TIMEOUT);
      expect(dialing).toMatchObject({ at: TIMEOUT, error: { code, hostname: NAME } });
      expect(dialing.error?.message).toMatch(message);
      expect(dialing.error?.message).toContain("not done within 10000 ms");
      expect(dialing.error?.attempts).toHaveLength(records.length);
      dialer.close();
      clock.expectNoTimers();
    },
  );

  it("says at its deadline what DNS said last", async () => {
    const { dialer, clock, leadTo, dns } = network({ 1: "refuses" }, { wait: true });
    leadTo(1);
    const dialing = timed(clock, dialer.dial());
    await clock.advance(5_000);
    dns.answer = NO_RECORDS;
    await clock.advance(5_000);
    expect(dialing.error?.message).toMatch(
      /127.0.0.1:1: refused .*; dev-redis.dev-ecs has no SRV records: the DNS server/,
    );
    dialer.close();
  });

  it("fails with ERR_SRV_RESOLVE if no server has answered", async () => {
    const { dialer, clock, dns } = network({}, { wait: true });
    dns.answer = new Error("10.0.0.2:53: no answer within 1000 ms");
    const dialing = timed(clock, dialer.dial());
    await clock.advance(TIMEOUT);
    expect(dialing.error?.code).toBe("ERR_SRV_RESOLVE");
    expect(dialing.error?.message).toContain("no answer within 1000 ms");
    dialer.close();
  });

  it("is the choice of the call or of the dialer", async () => {
    const { dialer, clock } = network({}, { wait: true });
    expect((await failureOf(dialer.connect({ wait: false }))).code).toBe("ERR_SRV_NO_RECORDS");
    const waiting = timed(clock, dialer.connect({ timeout: 1_000 }));
    await clock.advance(1_000);
    expect(waiting.at).toBe(1_000);
    dialer.close();
  });
});

describe("the pace of waiting dials", () => {
  it("starts anew with each outage, although the dials of the last one gave up", async () => {
    const ports: Record<number, Behaviour> = { 1: "refuses" };
    const { dialer, clock, leadTo } = network(ports, { wait: true });
    leadTo(1);
    const asked = async (): Promise<number> => {
      const before = dialer.stats().resolves;
      const failure = failureOf(dialer.dial({ timeout: 1_000 }));
      await clock.advance(1_000);
      await failure;
      return dialer.stats().resolves - before;
    };
    const first = await asked();
    ports[1] = "accepts";
    await dialer.dial();
    await clock.advance(3_600_000);
    ports[1] = "refuses";
    expect(await asked()).toBeGreaterThanOrEqual(first);
    dialer.close();
  });

  it("is not slowed down by silent lookups, which are made once", async () => {
    const dns = {
      targets: [1, 2, 3, 4].map((at) => target(at, { host: `silent-${at}.test`, ttl: 1 })),
    };
    const lookups: string[] = [];
    const resolver: SrvResolver = {
      resolve: () => Promise.resolve({ targets: dns.targets, ttl: 1 }),
      lookup: (host) => {
        lookups.push(host);
        return new Promise(() => {});
      },
    };
    const { dialer, clock } = dialerIn({ 9: "accepts" }, { resolver, wait: true, family: 4 });
    const dialing = timed(clock, dialer.dial());
    await clock.advance(3_000);
    const before = dialer.stats().resolves;
    await clock.advance(1_000);
    expect(dialer.stats().resolves - before).toBeGreaterThanOrEqual(8);
    expect(lookups).toHaveLength(4);
    dns.targets = [target(9, { ttl: 1 })];
    await clock.advance(150);
    expect(dialing.value?.port).toBe(9);
    dialer.close();
  });

  it("is not slowed down by dials that make one pass", async () => {
    const ports: Record<number, Behaviour> = { 1: "silent", 2: "refuses" };
    const { dialer, clock, leadTo } = network(ports);
    leadTo(1, 2);
    const single = Array.from({ length: 150 }, () => timed(clock, dialer.dial()));
    const waiting = timed(clock, dialer.dial({ wait: true }));
    await clock.advance(1_000);
    ports[2] = "accepts";
    await clock.advance(500);
    expect(waiting.value?.port).toBe(2);
    expect(single).toHaveLength(150);
    dialer.close();
    clock.expectNoTimers();
  });

  it("goes on after a source of random numbers has thrown", async () => {
    const ports: Record<number, Behaviour> = { 1: "refuses" };
    let throws = true;
    const random = (): number => {
      if (throws) throw new Error("no entropy");
      return 0.5;
    };
    const { dialer, clock, leadTo, dialed } = network(ports, { wait: true, random });
    leadTo(1);
    expect((await failureOf(dialer.dial())).code).toBe("ERR_SRV_INVALID_ARG");
    throws = false;
    const dialing = timed(clock, dialer.dial());
    await clock.advance(1_000);
    expect(dialed().length).toBeGreaterThan(7);
    ports[1] = "accepts";
    await clock.advance(150);
    expect(dialing.value?.port).toBe(1);
    dialer.close();
    clock.expectNoTimers();
  });

  it("has nothing to do with an abort: the error says what DNS said last", async () => {
    const { dialer, clock } = network({}, { wait: true });
    const controller = new AbortController();
    const dialing = timed(clock, dialer.dial({ signal: controller.signal }));
    await clock.advance(500);
    controller.abort();
    await clock.advance(0);
    expect(dialing.error?.message).toMatch(
      /aborted: dev-redis.dev-ecs has no SRV records: the DNS server/,
    );
    dialer.close();
  });
});

describe("a thousand dials that wait", () => {
  it.each([[[1]], [[]]])(
    "all end once the service, after targets %j, is not available",
    async (ports) => {
      const { dialer, clock, dns, leadTo } = network({ 1: "refuses" }, { wait: true });
      leadTo(...ports);
      const dialings = Array.from({ length: 1_000 }, () => timed(clock, dialer.dial()));
      await clock.advance(3_000);
      dns.answer = answerWith([target(0, { host: "." })]);
      await clock.advance(1_500);
      expect(new Set(dialings.map(({ error }) => error?.code))).toEqual(
        new Set(["ERR_SRV_UNAVAILABLE"]),
      );
      dialer.close();
      clock.expectNoTimers();
    },
  );

  it("ask DNS and try a target as often as one, and all connect when it accepts", async () => {
    const ports: Record<number, Behaviour> = { 1: "refuses" };
    const { dialer, clock, leadTo, connections } = network(ports, { wait: true });
    leadTo(1);
    const dialings = Array.from({ length: 1_000 }, () => timed(clock, dialer.dial()));
    await clock.advance(0);
    const first = connections.length;
    await clock.advance(5_000);
    expect(dialer.stats().resolves).toBeLessThan(50);
    expect(connections.length - first).toBeLessThan(50);
    ports[1] = "accepts";
    await clock.advance(150);
    expect(dialings.every(({ value }) => value?.port === 1)).toBe(true);
    dialer.close();
    clock.expectNoTimers();
  });

  it.each([{ cache: false }, { cache: { minRefresh: 0 } }] as const)(
    "ask under ten times a second with %j too, also when each answer differs",
    async (options) => {
      const { dialer, clock, dns } = network({}, { wait: true, ...options });
      let answers = 0;
      const dialings = Array.from({ length: 20 }, () => timed(clock, dialer.dial()));
      // A port that is silent, another one in each answer.
      Object.defineProperty(dns, "answer", {
        get: () => answerWith([target(100 + (answers++ % 7), { ttl: 1 })], { ttl: 1 }),
      });
      await clock.advance(1_000);
      const before = dialer.stats().resolves;
      await clock.advance(5_000);
      expect(dialer.stats().resolves - before).toBeLessThanOrEqual(50);
      expect(dialings.every(({ at }) => at === undefined)).toBe(true);
      dialer.close();
    },
  );

  it("see a new record when one of them sees it", async () => {
    const { dialer, clock, leadTo } = network({ 1: "silent", 2: "accepts" }, { wait: true });
    leadTo(1);
    const dialings = Array.from({ length: 1_000 }, () => timed(clock, dialer.dial()));
    await clock.advance(3_000);
    leadTo(1, 2);
    await clock.advance(300);
    expect(dialings.every(({ value }) => value?.port === 2)).toBe(true);
    dialer.close();
  });
});

/** What a port does and when it begins to accept, in ms. */
const world = record({
  ports: array(constantFrom("refuses" as const, "silent" as const), { maxLength: 3 }),
  dns: constantFrom("records", "none", "fails", "silent"),
  wait: boolean(),
  end: constantFrom("abort", "close", "deadline", "caller"),
  at: integer({ min: 0, max: 9_000 }),
});

describe("the end of a dial", () => {
  it("is immediate in every state, and leaves no timer, socket or listener", async () => {
    await assert(
      asyncProperty(world, async ({ ports, dns, wait, end, at }) => {
        const answer = answerWith(
          ports.map((_, port) => target(port + 1, { ttl: 1 })),
          { ttl: 1 },
        );
        const asked = new Set<AbortSignal>();
        const resolver: SrvResolver = {
          resolve: (_name, { signal }) => {
            asked.add(signal);
            if (dns === "silent") {
              return new Promise((_, reject) =>
                signal.addEventListener("abort", () => reject(signal.reason as Error)),
              );
            }
            if (dns === "fails") return Promise.reject(new Error("down"));
            return Promise.resolve(dns === "records" ? answer : NO_RECORDS);
          },
        };
        const behaviours = Object.fromEntries(ports.map((port, index) => [index + 1, port]));
        const { dialer, clock, connections } = dialerIn(behaviours, { resolver, wait });
        const controller = new AbortController();
        const timeout = end === "deadline" ? Math.max(1, at) : undefined;
        const dialing = timed(clock, dialer.dial({ signal: controller.signal, timeout }));
        await clock.advance(at);
        if (end === "abort") controller.abort();
        if (end === "close") dialer.close();
        await clock.advance(1);
        const latest = end === "caller" ? Infinity : at + 1;
        expect(dialing.at ?? Infinity).toBeLessThanOrEqual(latest);
        dialer.close();
        await clock.advance(0);
        expect(dialing.error).toBeInstanceOf(SrvDialError);
        expect(connections.every(({ socket }) => socket.destroyed)).toBe(true);
        expect(getEventListeners(controller.signal, "abort")).toHaveLength(0);
        clock.expectNoTimers();
      }),
      { numRuns: 300 },
    );
  });
});

/** When a call of hundreds begins, and when it ends early: by its signal or its deadline, in ms. */
const call = record({
  from: integer({ min: 0, max: 2_000 }),
  end: constantFrom("abort", "deadline", "recovery"),
  after: integer({ min: 1, max: 6_000 }),
});

describe("the end of one of hundreds of calls in an outage", () => {
  it("is immediate, ends no other call, and leaves nothing; the others connect when it is over", async () => {
    await assert(
      asyncProperty(
        array(call, { minLength: 200, maxLength: 300 }),
        constantFrom<Behaviour | "none">("refuses", "silent", "none"),
        integer({ min: 1_000, max: 5_000 }),
        async (calls, fault, recovery) => {
          const ports: Record<number, Behaviour> = { 1: fault === "none" ? "accepts" : fault };
          const led = network(ports, { wait: true, priorityDelay: 250 });
          const { dialer, clock, leadTo, connections } = led;
          if (fault !== "none") leadTo(1);
          const signals: AbortSignal[] = [];
          const dialings = calls.map(({ from, end, after }) => {
            const controller = new AbortController();
            signals.push(controller.signal);
            const outcome: ReturnType<typeof timed<unknown>> = {};
            clock.after(from, () => {
              const timeout = end === "deadline" ? after : 60_000;
              dialer.dial({ signal: controller.signal, timeout }).then(
                (value) => Object.assign(outcome, { at: clock.now(), value }),
                (error: unknown) => Object.assign(outcome, { at: clock.now(), error }),
              );
            });
            if (end === "abort") clock.after(from + after, () => controller.abort());
            return outcome;
          });
          await clock.advance(recovery);
          ports[1] = "accepts";
          leadTo(1);
          await clock.advance(10_000);
          const wrong = dialings.filter(({ at = Infinity, value, error }, index) => {
            const { from, end, after } = calls[index] ?? { from: 0, end: "", after: 0 };
            const early = end === "recovery" ? Infinity : from + after;
            // A call's own silent tries delay it: at most as long again as it has waited.
            const latest = Math.min(early, Math.max(from, recovery) + 6_000);
            return value === undefined
              ? at !== early || !(error instanceof SrvDialError)
              : at > latest;
          });
          expect(wrong).toEqual([]);
          const open = connections.filter(({ socket }) => !socket.destroyed);
          expect(open).toHaveLength(dialings.filter(({ value }) => value !== undefined).length);
          for (const signal of signals) expect(getEventListeners(signal, "abort")).toHaveLength(0);
          dialer.close();
          await clock.advance(0);
          clock.expectNoTimers();
        },
      ),
      { numRuns: 30 },
    );
  });
});
