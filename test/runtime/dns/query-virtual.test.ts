import { describe, expect, it, vi } from "vitest";

import { Lifetime } from "../../../runtime/src/base/time.ts";
import { ErrorReply } from "../../../runtime/src/dns/exchange.ts";
import type { Question } from "../../../runtime/src/dns/message.ts";
import { query } from "../../../runtime/src/dns/query.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";
import { replyOf, serversOf } from "../support/answering.ts";

const QUESTION: Question = { name: "dev-redis.dev-ecs", type: "SRV" };
const TIMEOUT = 1_000;
const LAST_FOR = 30_000;
const SERVFAIL = new ErrorReply("10.0.0.1: SERVFAIL");
const REFUSED = new Error("10.0.0.1: connection refused");

/** A query to this number of servers; `again` sends another query to the same servers. */
function asking(count: number, { unref = false, tries = 3, at = 0 } = {}) {
  const led = serversOf(count);
  led.clock.skip(at);
  const again = (lifetime = new Lifetime()) => {
    const channels = new Map();
    const options = { ...led.options, tries, channels, lifetime, unref };
    const result = query(QUESTION, options);
    const failure = result.then(
      () => new AggregateError([], "it did not fail"),
      (error: unknown) => error as AggregateError,
    );
    return { result, failure, lifetime, channels };
  };
  return { ...led, ...again(), again };
}

describe("a query in virtual time", () => {
  it("asks the first server, with the question and its channels, and gives its reply", async () => {
    const { asked, result, channels, clock } = asking(2);
    expect(asked).toMatchObject([{ question: QUESTION, unref: false, sentAt: [0] }]);
    expect(asked[0]?.channels).toBe(channels);
    asked[0]?.settle(replyOf({ rcode: 3 }));
    expect(await result).toEqual({ ...replyOf({ rcode: 3 }), from: asked[0]?.server });
    expect(asked).toHaveLength(1);
    expect(asked[0]?.isClosed).toBe(true);
    clock.expectNoTimers();
  });

  it("rejects without servers", async () => {
    const { failure, asked } = asking(0);
    expect(await failure).toEqual(new AggregateError([], "no DNS servers are configured"));
    expect(asked).toEqual([]);
  });

  it("asks the next server if one is silent, and each up to `tries` times", async () => {
    const { asked, order, failure, clock } = asking(2, { tries: 2 });
    await clock.advance(TIMEOUT - 1);
    expect(order()).toEqual([1]);
    await clock.advance(1);
    expect(order()).toEqual([1, 2]);
    await clock.advance(3 * TIMEOUT);
    expect(asked.map(({ sentAt }) => sentAt)).toEqual([
      [0, 2 * TIMEOUT],
      [TIMEOUT, 3 * TIMEOUT],
    ]);
    const { message, errors } = await failure;
    expect(message).toBe(
      "10.0.0.1:53: no answer within 1000 ms; 10.0.0.2:53: no answer within 1000 ms",
    );
    expect(errors).toHaveLength(2);
    expect(asked.map(({ isClosed }) => isClosed)).toEqual([true, true]);
    clock.expectNoTimers();
  });

  it("reports a truncated answer over UDP and silence over TCP", async () => {
    const { asked, failure, clock } = asking(2, { tries: 1 });
    for (const each of asked) each.isOverTcp = true;
    await clock.advance(2 * TIMEOUT);
    const overTcp = "10.0.0.1:53: a truncated answer over UDP, and none over TCP within 1000 ms";
    expect((await failure).message).toBe(`${overTcp}; 10.0.0.2:53: no answer within 1000 ms`);
    clock.expectNoTimers();
  });

  it("accepts a late reply while another server is asked", async () => {
    const { asked, result, clock } = asking(2);
    await clock.advance(TIMEOUT);
    asked[0]?.settle(replyOf());
    expect((await result).from).toBe(asked[0]?.server);
    expect(asked.map(({ isClosed }) => isClosed)).toEqual([true, true]);
    clock.expectNoTimers();
  });

  it.each([
    ["an error", SERVFAIL],
    ["no way to it", REFUSED],
  ])("asks the next server immediately at %s, and that server no more", async (_what, error) => {
    const { asked, order, failure, clock } = asking(2);
    asked[0]?.settle(error);
    expect(order()).toEqual([1, 2]);
    await clock.advance(3 * TIMEOUT);
    expect(asked.map(({ sentAt }) => sentAt.length)).toEqual([1, 3]);
    const { errors } = await failure;
    expect(errors[0]).toBe(error);
    expect(errors[1]).toMatchObject({ message: "10.0.0.2:53: no answer within 1000 ms" });
  });

  it("continues with the current server if another one fails late", async () => {
    const { asked, order, clock, result } = asking(3);
    await clock.advance(TIMEOUT);
    asked[0]?.settle(SERVFAIL);
    expect(order()).toEqual([1, 2]);
    await clock.advance(TIMEOUT);
    expect(order()).toEqual([1, 2, 3]);
    asked[2]?.settle(replyOf());
    await result;
  });

  it.each([true, false])("keeps the process alive, or not with unref: %s", (unref) => {
    const setTimeout = vi.spyOn(VirtualClock.prototype, "setTimeout");
    const { asked } = asking(1, { unref });
    expect(asked[0]?.unref).toBe(unref);
    expect(setTimeout).toHaveBeenCalledWith(expect.any(Function), TIMEOUT, { ref: !unref });
    setTimeout.mockRestore();
  });
});

describe("what a query learns of its servers", () => {
  it("is that a silent one is asked last", async () => {
    const { asked, order, again, clock } = asking(2);
    await clock.advance(TIMEOUT);
    asked[1]?.settle(replyOf());
    again();
    expect(order()).toEqual([1, 2, 2]);
  });

  it("is that an unreachable one is asked last, and one that replied with an error is not", () => {
    for (const [error, then] of [
      [REFUSED, 2],
      [SERVFAIL, 1],
    ] as const) {
      const { asked, order, again } = asking(2);
      asked[0]?.settle(error);
      asked[1]?.settle(replyOf());
      again();
      expect(order()).toEqual([1, 2, then]);
    }
  });

  it("is that one was silent for a quarter of the timeout before the caller aborted", () => {
    for (const [waited, then] of [
      [TIMEOUT / 4, 2],
      [TIMEOUT / 4 - 1, 1],
    ] as const) {
      const { order, lifetime, clock, again } = asking(2, { at: 5_000 });
      clock.skip(waited);
      lifetime.end(new Error("gone"));
      again();
      expect(order()).toEqual([1, then]);
    }
  });

  it("is nothing about one that has just failed when the caller aborts", () => {
    const { asked, order, lifetime, clock, again } = asking(2);
    clock.skip(TIMEOUT / 4);
    asked[0]?.settle(SERVFAIL);
    lifetime.end(new Error("gone"));
    again();
    expect(order()).toEqual([1, 2, 1]);
  });

  it.each([
    ["with its reply", 0, 0],
    ["after 30 s", 1, LAST_FOR],
  ])("is that a silent one has its place back %s", async (_when, replying, wait) => {
    const { asked, order, clock, again } = asking(2);
    await clock.advance(TIMEOUT);
    asked[replying]?.settle(replyOf());
    await clock.advance(wait);
    again();
    expect(order()).toEqual([1, 2, 1]);
  });
});
