import { once } from "node:events";

import { beforeEach, describe, expect, it, vi } from "vitest";

import { Dialer } from "../../../runtime/src/dialer/dialer.ts";
import { parseOptions } from "../../../runtime/src/dialer/options.ts";
import type { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import { SrvDialError } from "../../../runtime/src/base/errors.ts";
import type { SrvAnswer, SrvTarget } from "../../../runtime/src/base/types.ts";
import { Watch } from "../../../runtime/src/answers/watch.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";
import { NAME, target } from "../support/sources.ts";

let clock: VirtualClock;

type Read = (lifetime: Lifetime) => Promise<readonly SrvTarget[]>;

/** A watch that reads every second, and the changes that it reports. */
function watchOf(read: Read) {
  const reported: number[][] = [];
  const listener = vi.fn<(targets: SrvTarget[]) => void>((targets) => {
    reported.push(targets.map(({ port }) => port));
  });
  const watch = new Watch({ read, nextIn: () => 1_000, listener, clock });
  watch.poke();
  return { watch, reported, listener };
}

describe("a watch", () => {
  beforeEach(() => {
    clock = new VirtualClock();
  });

  it("notifies of the first set, then of changes, regardless of order and TTL", async () => {
    const sets = [
      [target(1), target(2)],
      [target(2, { ttl: 3 }), target(1)],
      [target(2), target(1, { weight: 1 })],
      [target(2), target(1, { weight: 1, addresses: ["10.0.0.1"] })],
    ];
    const { reported, watch } = watchOf(() => Promise.resolve(sets.shift() ?? []));
    await clock.advance(4_000);
    expect(reported).toEqual([[1, 2], [2, 1], [2, 1], []]);
    watch.stop();
  });

  it.each(["ERR_SRV_NO_RECORDS", "ERR_SRV_UNAVAILABLE"] as const)(
    "notifies of an empty set at %s, and of nothing while nothing answers",
    async (code) => {
      const outcomes = ["", "ERR_SRV_RESOLVE", code, "ERR_SRV_TIMEOUT", code, ""] as const;
      const readings = outcomes.values();
      const { reported, watch } = watchOf(() => {
        const failure = readings.next().value;
        if (failure === undefined || failure === "") return Promise.resolve([target(1)]);
        return Promise.reject(new SrvDialError(failure, "no"));
      });
      await clock.advance(1_000);
      expect(reported).toEqual([[1]]);
      await clock.advance(4_000);
      expect(reported).toEqual([[1], [], [1]]);
      watch.stop();
    },
  );

  it("leaves no error behind while nothing answers", async () => {
    const onRejection = vi.fn<(error: unknown) => void>();
    process.on("unhandledRejection", onRejection);
    const { watch } = watchOf(() => Promise.reject(new Error("down")));
    await clock.advance(1_000);
    process.off("unhandledRejection", onRejection);
    expect(onRejection).not.toHaveBeenCalled();
    watch.stop();
  });

  it("reads immediately when poked, and then again only after its time", async () => {
    const read = vi.fn<Read>(() => Promise.resolve([target(1)]));
    const { watch } = watchOf(read);
    await clock.advance(900);
    watch.poke();
    await clock.advance(900);
    expect(read).toHaveBeenCalledTimes(2);
    await clock.advance(100);
    expect(read).toHaveBeenCalledTimes(3);
    watch.stop();
  });

  it("aborts a read when it is stopped, without a notification, and leaves no timer", async () => {
    const lifetimes: Lifetime[] = [];
    const { watch, reported } = watchOf(async (lifetime) => {
      lifetimes.push(lifetime);
      await new Promise<Error>((resolve) => lifetime.onEnd(resolve));
      return [target(1)];
    });
    watch.stop();
    expect(lifetimes[0]?.reason?.message).toBe("the watch is stopped");
    watch.poke();
    await clock.advance(5_000);
    expect({ reported, reads: lifetimes.length, timers: clock.pending }).toEqual({
      reported: [],
      reads: 1,
      timers: 0,
    });
  });

  it("reads nothing if it is poked after its stop", async () => {
    const read = vi.fn<Read>(() => Promise.resolve([target(1)]));
    const { watch } = watchOf(read);
    await clock.advance(0);
    watch.stop();
    watch.poke();
    expect(read).toHaveBeenCalledTimes(1);
  });

  it("continues when the listener throws, and the error is an uncaught exception", async () => {
    let port = 0;
    const { watch, listener } = watchOf(() => Promise.resolve([target(++port)]));
    listener.mockImplementationOnce(() => {
      throw new Error("the listener's own");
    });
    const surfaced = surfacedError();
    await clock.advance(1_500);
    expect(await surfaced).toMatchObject({ message: "the listener's own" });
    expect(listener).toHaveBeenCalledTimes(2);
    watch.stop();
  });
});

/** The next uncaught exception, which the test runner does not get. */
async function surfacedError(): Promise<unknown> {
  const runners = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  try {
    const [error] = await once(process, "uncaughtException");
    return error;
  } finally {
    for (const listener of runners) process.on("uncaughtException", listener);
  }
}

describe("the watch of a dialer", () => {
  it("reads again when the first of several answers expires, not the last", async () => {
    clock = new VirtualClock();
    let answer: SrvAnswer = { targets: [], ttl: 0 };
    const preferred = { resolve: () => Promise.resolve(answer) };
    const fallback = { resolve: () => Promise.resolve({ targets: [target(2)], ttl: 60 }) };
    const settings = parseOptions(NAME, {
      resolver: [preferred, fallback],
      cache: { negativeTtl: 2_000, minRefresh: 2_000 },
    });
    const dialer = new Dialer({ ...settings, clock });
    const reported: number[][] = [];
    dialer.watch((targets) => reported.push(targets.map(({ port }) => port)));
    await clock.advance(0);
    answer = { targets: [target(1)], ttl: 60 };
    await clock.advance(2_100);
    expect(reported).toEqual([[2], [1]]);
    dialer.close();
    expect(clock.pending).toBe(0);
  });
});
