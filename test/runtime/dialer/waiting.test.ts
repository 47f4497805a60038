import { getEventListeners } from "node:events";

import { array, assert, asyncProperty, constantFrom, integer, record } from "fast-check";
import { describe, expect, it, vi } from "vitest";

import { SrvDialError } from "../../../runtime/src/base/errors.ts";
import type { SrvAnswer, SrvResolver } from "../../../runtime/src/base/types.ts";
import { failureOf } from "../support/failures.ts";
import { type Behaviour, dialerIn, network, played, timed } from "../support/network.ts";
import { NAME, answerWith, target } from "../support/sources.ts";

const TIMEOUT = 10_000;
const ROOT = answerWith([target(0, { host: "." })]);
const DOWN = new Error("no answer within 1000 ms");
/** DNS leads to port 1. */
const LEADS = answerWith([target(1, { ttl: 1 })], { ttl: 1 });

type Ports = Record<number, Behaviour>;

/** A dialer that waits, with an answer of DNS, or without records. */
function waiting(ports: Ports, answer?: SrvAnswer | Error, options = {}) {
  const led = network(ports, { wait: true, ...options });
  if (answer !== undefined) led.dns.answer = answer;
  return { ...led, isOpen: () => led.connections.filter(({ socket }) => !socket.destroyed).length };
}

describe("a dial that waits", () => {
  it.each<[string, Behaviour, SrvAnswer | Error | undefined]>([
    ["there is a record", "accepts", undefined],
    ["DNS answers", "accepts", DOWN],
    ["a target accepts", "refuses", LEADS],
    ["a server passes the check", "accepts", LEADS],
  ])("gets a connection once %s", async (what, port, answer) => {
    let isRight = what !== "a server passes the check";
    const verify = async (): Promise<void> => {
      if (!isRight) throw new Error("not Redis");
    };
    const ports: Ports = { 1: port };
    const { dialer, clock, dns, isOpen } = waiting(ports, answer, { verify });
    const dialing = timed(clock, dialer.dial());
    await clock.advance(3_000);
    expect(dialing.at).toBeUndefined();
    ports[1] = "accepts";
    dns.answer = LEADS;
    isRight = true;
    await clock.advance(150);
    expect(dialing.value?.port).toBe(1);
    expect(isOpen()).toBe(1);
  });

  it("tries an endpoint again beside a connection that is never answered, ever more rarely", async () => {
    let answers = false;
    const verify = (): Promise<void> => (answers ? Promise.resolve() : new Promise(() => {}));
    const { dialer, clock, dialed, isOpen } = waiting({ 1: "accepts" }, LEADS, { verify });
    const dialing = timed(clock, dialer.dial());
    await clock.advance(5_000);
    // After 1 s, and 2 s later.
    expect(dialed()).toHaveLength(3);
    answers = true;
    await clock.advance(2_300);
    expect(dialing.value?.port).toBe(1);
    expect(isOpen()).toBe(1);
  });

  it("tries a silent target after the others in its next pass", async () => {
    const led = waiting({ 1: "silent", 2: "refuses" });
    led.leadTo(1, 2);
    const play = await played(led, {}, 1_200);
    expect(play).toMatch(/^1@0 2@250 (2@\d+ )+1@\d+ →/);
  });

  it("ends at once if the service says that it is not available", async () => {
    const { dialer, clock, dns } = waiting({});
    const dialing = timed(clock, dialer.dial());
    await clock.advance(1_000);
    dns.answer = ROOT;
    await clock.advance(150);
    expect(dialing.error?.code).toBe("ERR_SRV_UNAVAILABLE");
  });

  it.each<[string, Ports, SrvAnswer | Error | undefined, string, RegExp]>([
    ["no records", {}, undefined, "ERR_SRV_NO_RECORDS", /10.0.0.2 answered NXDOMAIN/],
    ["no server", {}, DOWN, "ERR_SRV_RESOLVE", /no answer within 1000 ms/],
    ["a silent target", { 1: "silent" }, LEADS, "ERR_SRV_TIMEOUT", /1: still waiting for the conn/],
    [
      "a target that refuses",
      { 1: "refuses" },
      LEADS,
      "ERR_SRV_CONNECT",
      /127.0.0.1:1: refused \(\d\d tries, the last after (?:9\.\d|10\.0) s\)/,
    ],
  ])("says at its deadline what was tried: %s", async (_, ports, answer, code, message) => {
    const { dialer, clock } = waiting(ports, answer);
    const dialing = timed(clock, dialer.dial());
    await clock.advance(TIMEOUT);
    expect(dialing).toMatchObject({ at: TIMEOUT, error: { code, hostname: NAME } });
    expect(dialing.error?.message).toMatch(message);
    expect(dialing.error?.message).toContain("not done within 10000 ms");
    expect(dialing.error?.attempts).toHaveLength(Object.keys(ports).length);
  });

  it("says at its deadline, or when it is aborted, what DNS said last", async () => {
    const { dialer, clock, leadTo, dns } = waiting({ 1: "refuses" });
    const { answer } = dns;
    leadTo(1);
    const controller = new AbortController();
    const late = timed(clock, dialer.dial({ timeout: 6_000 }));
    const aborted = timed(clock, dialer.dial({ signal: controller.signal }));
    await clock.advance(3_000);
    dns.answer = answer;
    await clock.advance(3_000);
    controller.abort();
    await clock.advance(0);
    const said = /127.0.0.1:1: refused .*; dev-redis.dev-ecs has no SRV records: the DNS server/;
    for (const { error } of [late, aborted]) expect(error?.message).toMatch(said);
    expect([late.error?.code, aborted.error?.code]).toEqual(["ERR_SRV_CONNECT", "ERR_SRV_ABORTED"]);
  });

  it("says why its targets failed, if the deadline passes right after another try has begun", async () => {
    const { dialer, clock, refuse, dialed } = waiting({ 1: "silent" }, LEADS);
    const failure = failureOf(dialer.dial({ timeout: 113 }));
    await clock.advance(0);
    refuse(0);
    await clock.advance(113);
    expect(dialed()).toHaveLength(2);
    const error = await failure;
    expect(error.code).toBe("ERR_SRV_CONNECT");
    expect(error.message).toContain("127.0.0.1:1: refused (2 tries, the last after 0.1 s)");
  });

  it.each([
    ["is unfinished, although an earlier one failed", 0, 1_500, "still waiting for the connection"],
    ["has failed, although an earlier one is unfinished", 1, 1_880, "refused"],
  ])("shows the last try of an endpoint if that %s", async (_how, refused, at, message) => {
    const { dialer, clock, refuse } = waiting({ 1: "silent" }, LEADS);
    const failure = failureOf(dialer.dial({ timeout: 1_900 }));
    await clock.advance(at);
    refuse(refused);
    await clock.advance(1_900 - at);
    expect((await failure).attempts).toMatchObject([{ tries: 2, error: { message } }]);
  });

  it("is the choice of the call or of the dialer", async () => {
    const { dialer, clock } = waiting({});
    expect((await failureOf(dialer.connect({ wait: false }))).code).toBe("ERR_SRV_NO_RECORDS");
    const dialing = timed(clock, dialer.connect({ timeout: 1_000 }));
    await clock.advance(1_000);
    expect(dialing.at).toBe(1_000);
  });
});

describe("the pace of waiting dials", () => {
  it("is eight or nine looks a second, although an answer takes 20 ms", async () => {
    const resolve: SrvResolver["resolve"] = async () => {
      await new Promise<void>((resolved) => void led.clock.setTimeout(resolved, 20));
      return answerWith([]);
    };
    const led = dialerIn({}, { resolver: { resolve }, wait: true });
    void led.dialer.dial().catch(() => {});
    await led.clock.advance(6_000);
    const looks = led.asked[0]?.filter((time) => time >= 1_000).length ?? 0;
    expect(looks / 5).toSatisfy((each) => each >= 8 && each < 10);
  });

  it("is not slowed down by silent lookups, which are made once", async () => {
    let targets = [1, 2, 3, 4].map((at) => target(at, { host: `silent-${at}.test`, ttl: 1 }));
    const lookup = vi.fn<NonNullable<SrvResolver["lookup"]>>(() => new Promise(() => {}));
    const resolver: SrvResolver = { resolve: () => Promise.resolve({ targets, ttl: 1 }), lookup };
    const { dialer, clock, asked } = dialerIn(
      { 9: "accepts" },
      { resolver, wait: true, family: 4 },
    );
    const dialing = timed(clock, dialer.dial());
    await clock.advance(4_000);
    expect(asked[0]?.filter((time) => time >= 3_000).length).toBeGreaterThanOrEqual(8);
    expect(lookup).toHaveBeenCalledTimes(4);
    targets = [target(9, { ttl: 1 })];
    await clock.advance(150);
    expect(dialing.value?.port).toBe(9);
  });
});

const thousand = ({ clock, dialer }: ReturnType<typeof waiting>) =>
  Array.from({ length: 1_000 }, () => timed(clock, dialer.dial()));

describe("a thousand dials that wait", () => {
  it.each([LEADS, undefined])(
    "all end once the service, after %j, is not available",
    async (answer) => {
      const led = waiting({ 1: "refuses" }, answer);
      const dialings = thousand(led);
      await led.clock.advance(3_000);
      led.dns.answer = ROOT;
      await led.clock.advance(1_500);
      const codes = new Set(dialings.map(({ error }) => error?.code));
      expect(codes).toEqual(new Set(["ERR_SRV_UNAVAILABLE"]));
    },
  );

  it.each<[string, Behaviour, SrvAnswer | Error, object]>([
    ["their target accepts", "refuses", LEADS, {}],
    ["DNS answers as before", "accepts", DOWN, {}],
    ["DNS answers as before, without a cache", "accepts", DOWN, { cache: false }],
  ])(
    "all connect when %s; until then they try as often as one",
    async (_what, port, answer, options) => {
      const ports: Ports = { 1: port };
      const led = waiting(ports, LEADS, options);
      await led.dialer.resolve();
      led.dns.answer = answer;
      // The answer from before is too old to be used.
      await led.clock.advance(310_000);
      const dialings = thousand(led);
      await led.clock.advance(0);
      const [tries, times] = [led.connections.length, led.asked[0]?.length ?? 0];
      await led.clock.advance(5_000);
      expect((led.asked[0]?.length ?? 0) - times).toBeLessThan(50);
      expect(led.connections.length - tries).toBeLessThan(50);
      ports[1] = "accepts";
      led.dns.answer = LEADS;
      await led.clock.advance(150);
      expect(dialings.every(({ value }) => value?.port === 1)).toBe(true);
    },
  );

  it("all connect when one of them sees a new record beside a silent target", async () => {
    const led = waiting({ 1: "silent", 2: "accepts" }, LEADS);
    const dialings = thousand(led);
    await led.clock.advance(3_000);
    led.leadTo(1, 2);
    await led.clock.advance(300);
    expect(dialings.every(({ value }) => value?.port === 2)).toBe(true);
  });

  it("ask under ten times a second without a cache too, also when each answer differs", async () => {
    const { dialer, clock, dns, asked } = waiting({}, undefined, { cache: false });
    let answers = 0;
    const dialings = Array.from({ length: 20 }, () => timed(clock, dialer.dial()));
    // A port that is silent, another one in each answer.
    Object.defineProperty(dns, "answer", {
      get: () => answerWith([target(100 + (answers++ % 7), { ttl: 1 })], { ttl: 1 }),
    });
    await clock.advance(6_000);
    expect(asked[0]?.filter((time) => time >= 1_000).length).toBeLessThanOrEqual(50);
    expect(dialings.every(({ at }) => at === undefined)).toBe(true);
  });
});

function abortable() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}

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
        constantFrom<Behaviour | "none" | "down">("refuses", "silent", "none", "down"),
        integer({ min: 1_000, max: 5_000 }),
        async (calls, fault, recovery) => {
          const isOfDns = fault === "none" || fault === "down";
          const ports: Ports = { 1: isOfDns ? "accepts" : fault };
          const led = waiting(ports, fault === "down" ? DOWN : isOfDns ? undefined : LEADS);
          const { dialer, clock, dns, isOpen } = led;
          const dialings = calls.map(({ from, end, after }) => {
            const { signal, abort } = abortable();
            const early = end === "recovery" ? Infinity : from + after;
            // A call's own silent tries delay it: at most as long again as it has waited.
            const latest = Math.min(early, Math.max(from, recovery) + 6_000);
            const dialing = { outcome: {} as ReturnType<typeof timed>, signal, early, latest };
            clock.after(from, () => {
              const timeout = end === "deadline" ? after : 60_000;
              dialing.outcome = timed(clock, dialer.dial({ signal, timeout }));
            });
            if (end === "abort") clock.after(from + after, abort);
            return dialing;
          });
          await clock.advance(recovery);
          ports[1] = "accepts";
          dns.answer = LEADS;
          await clock.advance(10_000);
          const wrong = dialings.filter(({ outcome, early, latest }) => {
            const { at = Infinity, value, error } = outcome;
            if (value !== undefined) return at > latest;
            return at !== early || !(error instanceof SrvDialError);
          });
          expect(wrong).toEqual([]);
          const listeners = dialings.flatMap(({ signal }) => getEventListeners(signal, "abort"));
          expect(listeners).toEqual([]);
          expect(isOpen()).toBe(dialings.filter(({ outcome }) => outcome.value).length);
        },
      ),
      { numRuns: 30 },
    );
  });
});
