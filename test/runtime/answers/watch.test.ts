import { once } from "node:events";

import { describe, expect, it, vi } from "vitest";

import type { Lifetime } from "../../../runtime/src/base/time.ts";
import { SrvDialError } from "../../../runtime/src/base/errors.ts";
import type {
  SrvAnswer,
  SrvDialerOptions,
  SrvResolver,
  SrvTarget,
} from "../../../runtime/src/base/types.ts";
import { Watch } from "../../../runtime/src/answers/watch.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";
import { dialerIn } from "../support/network.ts";
import { answerWith, resolverInTurn, target } from "../support/sources.ts";

type Read = (lifetime: Lifetime) => Promise<readonly SrvTarget[]>;

/** A watch that reads every second, and the changes that it reports. */
function watchOf(read: Read) {
  const clock = new VirtualClock();
  const reported: number[][] = [];
  const listener = vi.fn<(targets: SrvTarget[]) => void>((targets) => {
    reported.push(targets.map(({ port }) => port));
  });
  const watch = new Watch({ read, nextIn: () => 1_000, listener, clock });
  watch.poke();
  return { watch, reported, listener, clock };
}

describe("a watch", () => {
  it("notifies of the first set, then of changes, regardless of order and TTL", async () => {
    const sets = [
      [target(1), target(2)],
      [target(2, { ttl: 3 }), target(1)],
      [target(2), target(1, { weight: 1 })],
      [target(2), target(1, { weight: 1, addresses: ["10.0.0.1"] })],
    ];
    const { reported, watch, clock } = watchOf(() => Promise.resolve(sets.shift() ?? []));
    await clock.advance(4_000);
    expect(reported).toEqual([[1, 2], [2, 1], [2, 1], []]);
    watch.stop();
  });

  it.each(["ERR_SRV_NO_RECORDS", "ERR_SRV_UNAVAILABLE"] as const)(
    "notifies of an empty set at %s, and of nothing while nothing answers",
    async (code) => {
      const outcomes = ["", "ERR_SRV_RESOLVE", code, "ERR_SRV_TIMEOUT", code, ""] as const;
      const readings = outcomes.values();
      const { reported, watch, clock } = watchOf(() => {
        const failure = readings.next().value;
        if (failure === undefined || failure === "") return Promise.resolve([target(1)]);
        return Promise.reject(SrvDialError.of(failure, "no"));
      });
      await clock.advance(1_000);
      expect(reported).toEqual([[1]]);
      await clock.advance(4_000);
      expect(reported).toEqual([[1], [], [1]]);
      watch.stop();
    },
  );

  it("reads immediately when poked, and then again only after its time", async () => {
    const read = vi.fn<Read>(() => Promise.resolve([target(1)]));
    const { watch, clock } = watchOf(read);
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
    const { watch, reported, clock } = watchOf(async (lifetime) => {
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

  it("continues when the listener throws, and the error is an uncaught exception", async () => {
    let port = 0;
    const { watch, listener, clock } = watchOf(() => Promise.resolve([target(++port)]));
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

/** A watch of a dialer, and the ports that it reports. Each resolver returns its answers in turn. */
function watching(
  answers: readonly (readonly (SrvAnswer | Error)[])[],
  options: SrvDialerOptions = {},
) {
  const resolver = answers.map((each) => ({ resolve: resolverInTurn(...each) }));
  const led = dialerIn({ 1: "accepts", 2: "accepts" }, { resolver, ...options });
  const watch = () => {
    const reported: string[] = [];
    const stop = led.dialer.watch((targets) => {
      reported.push(`${targets.map(({ port }) => port).join()} at ${led.clock.now()}`);
    });
    return { reported, stop };
  };
  return { ...led, watch, ...watch() };
}

const answerFor = (port: number, ttl: number): SrvAnswer => answerWith([target(port)], { ttl });
const NONE = (ttl: number): SrvAnswer => answerWith([], { ttl });
const DOWN = new Error("down");
const SILENT: SrvResolver = { resolve: () => new Promise(() => {}) };

describe("the watch of a dialer", () => {
  const [ONE, TWO] = [answerFor(1, 60), answerFor(2, 60)];

  it.each<[string, (SrvAnswer | Error)[][], SrvDialerOptions, string[], number[][]]>([
    [
      "notifies of each change when the answer expires",
      [[answerFor(1, 10), answerFor(2, 10), NONE(60)]],
      { cache: { negativeTtl: 60_000 } },
      ["1 at 0", "2 at 9000", " at 18000"],
      [[0, 9_000, 18_000]],
    ],
    [
      "asks every second without a cache",
      [[answerFor(1, 10), answerFor(2, 10), NONE(60)]],
      { cache: false },
      ["1 at 0", "2 at 1000", " at 2000"],
      [Array.from({ length: 23 }, (_, second) => second * 1_000)],
    ],
    [
      "asks ahead of each TTL with a cache",
      [[answerFor(1, 10)]],
      {},
      ["1 at 0"],
      [[0, 9_000, 18_000]],
    ],
    [
      "asks again after minTtl if there is no answer",
      [[DOWN, ONE]],
      {},
      ["1 at 1000"],
      [[0, 1_000]],
    ],
    ["asks no later resolver while an answer holds", [[ONE], [TWO]], {}, ["1 at 0"], [[0], []]],
    ["asks no failing resolver while an answer holds", [[DOWN], [TWO]], {}, ["2 at 0"], [[0], [0]]],
    [
      "asks a resolver again when that has no records, before the answer of the next expires",
      [[NONE(5), ONE], [TWO]],
      { cache: { negativeTtl: 5_000 } },
      ["2 at 0", "1 at 5000"],
      [[0, 5_000], [0]],
    ],
  ])("%s", async (_what, answers, options, changes, times) => {
    const { reported, clock, asked } = watching(answers, options);
    await clock.advance(22_500);
    expect(reported).toEqual(changes);
    expect(asked).toEqual(times);
  });

  it("learns what the first resolver has while a later one is silent", async () => {
    const resolver = [{ resolve: resolverInTurn(NONE(0), ONE) }, SILENT];
    const { dialer, clock } = dialerIn({ 1: "accepts" }, { resolver });
    const reported: string[] = [];
    dialer.watch(([one]) => reported.push(`${one?.port} at ${clock.now()}`));
    await clock.advance(2_500);
    expect(reported).toEqual(["1 at 1000"]);
    dialer.close();
    await clock.advance(0);
    clock.expectNoTimers();
  });

  it("asks at most ten times a second without a TTL", async () => {
    const { clock, asked } = watching([[answerFor(1, 0)]], { cache: { minTtl: 0, maxTtl: 1 } });
    await clock.advance(350);
    expect(asked).toEqual([[0, 100, 200, 300]]);
  });

  it("does not ask beside another call, and notifies of what it has found", async () => {
    const { reported, clock, dialer, asked } = watching([[ONE, TWO]]);
    await clock.advance(4_000);
    await dialer.resolve({ refresh: true });
    await clock.advance(9_000);
    expect(reported).toEqual(["1 at 0", "2 at 4000"]);
    expect(asked).toEqual([[0, 4_000]]);
  });

  it("does not notify after a stop, while another one continues until the dialer is closed", async () => {
    const answers = [1, 2, 3].map((port) => answerFor(port, 2));
    const { reported, clock, dialer, stop, watch } = watching([answers]);
    const { reported: others } = watch();
    await clock.advance(0);
    stop();
    await clock.advance(2_000);
    dialer.close();
    await clock.advance(5_000);
    expect(reported).toEqual(["1 at 0"]);
    expect(others).toEqual(["1 at 0", "2 at 1800"]);
  });
});
