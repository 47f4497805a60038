import { beforeEach, describe, expect, it, onTestFinished, vi } from "vitest";

import { Cached, type Loaded } from "../../../runtime/src/answers/cached.ts";
import { Lifetime } from "../../../runtime/src/base/time.ts";
import type { CacheOptions } from "../../../runtime/src/base/types.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";
import { collectGarbage } from "../support/garbage.ts";
import { CACHE } from "../support/sources.ts";

/** Minimum time in ms between two loads after a failure. */
const PAUSE = 50;
/** The client response timer that RFC 8767, section 5 recommends. */
const STALE_AFTER = 1_800;

type Load = (lifetime: Lifetime) => Promise<Loaded<string>>;

const forever = new Lifetime();
const DOWN = new Error("servers failed");
const OLD = { value: "old", origin: "stale" };
let clock: VirtualClock;

function optionsOf(load: Load, limits: CacheOptions = {}) {
  const times = { pause: PAUSE, loadTimeout: 5_000, prefetch: true, clock };
  return { load, limits: { ...CACHE, ...limits }, ...times };
}

function cachedBy(load: Load, limits?: CacheOptions): Cached<string> {
  const cached = new Cached(optionsOf(load, limits));
  onTestFinished(() => cached.stop());
  return cached;
}

/** A cache whose loads return the answers in turn: "old" with a TTL of 10 s, unless they say something else. */
function createCached(limits: CacheOptions = {}, ...answers: (Partial<Loaded<string>> | Error)[]) {
  const load = vi.fn<Load>(async () => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    return { value: "old", ttl: 10, negative: false, ...answer };
  });
  return { load, cached: cachedBy(load, limits) };
}

/** Pending loads that the test settles. */
function createSlow() {
  const loads: { lifetime: Lifetime; answer: (value: string) => void }[] = [];
  const load = vi.fn<Load>(
    (lifetime) =>
      new Promise((resolve) => {
        const answer = (value: string): void => resolve({ value, ttl: 10, negative: false });
        loads.push({ lifetime, answer });
      }),
  );
  return { loads, load, cached: cachedBy(load) };
}

/** A slow cache whose value is "old". */
async function createSlowWithOld() {
  const slow = createSlow();
  const first = slow.cached.read(forever);
  slow.loads[0]?.answer("old");
  await first;
  return slow;
}

/** The cached value, if it may be used without a load. */
const kept = (cached: Cached<string>): string | undefined => cached.kept()?.value;

/** A read that has to load. */
async function loaded(cached: Cached<string>, lifetime = forever, maxAge?: number) {
  return cached.read(lifetime, maxAge);
}

beforeEach(() => {
  clock = new VirtualClock();
  // Last: without refresh-ahead, no timer may be pending.
  onTestFinished(() => clock.expectNoTimers());
});

describe("a cached value", () => {
  it.each([
    ["its TTL", { ttl: 10 }, 10_000],
    ["minTtl, when the TTL is below", { ttl: 0 }, 1_000],
    ["maxTtl, when the TTL is beyond", { ttl: 3_600 }, 60_000],
    ["negativeTtl, when there is nothing", { ttl: 60, negative: true }, 100],
    ["its pause, when there is nothing for no time", { ttl: 0, negative: true }, PAUSE],
  ])("is kept for %s", async (_, answer, lifetime) => {
    const { cached, load } = createCached({}, answer);
    expect(await cached.read(forever)).toEqual({ value: "old", origin: "fresh" });
    cached.stop();
    expect(cached.expiresIn).toBe(lifetime);
    clock.skip(lifetime - 1);
    expect(await cached.read(forever)).toEqual({ value: "old", origin: "cached" });
    expect(load).toHaveBeenCalledTimes(1);
    clock.skip(1);
    expect(kept(cached)).toBeUndefined();
    expect(cached.expiresIn).toBe(0);
    expect(await cached.read(forever)).toEqual({ value: "old", origin: "fresh" });
    expect(load).toHaveBeenCalledTimes(2);
  });

  it("leaves no timer when no one has it any more", async () => {
    const { load } = createCached();
    await new Cached(optionsOf(load)).read(forever);
    expect(clock.pending).toBe(1);
    await collectGarbage();
    expect(clock.pending).toBe(0);
  });
});

describe("a value that is read", () => {
  const NEW = { value: "new" };
  const NONE = { value: "none", negative: true };

  // Each read: after how many ms, optionally the maxAge, and the outcome.
  it.each<[string, (Partial<Loaded<string>> | Error)[], string]>([
    ["if suspect, unless younger", [{}, NEW], "0 old fresh, 49/50 old cached, 1/50 new fresh"],
    ["not within a pause after a failure", [DOWN, {}], "0 failed, 49 failed, 1 old fresh"],
    [
      "ahead, and later if that failed",
      [{}, DOWN, NEW],
      "0 old fresh, 10000 old stale, 10 new cached",
    ],
    ["again until maxStale is over", [{}, DOWN], "0 old fresh, 309999 old stale, 1 failed"],
    ["after an older failure", [{}, DOWN, NEW], "0 old fresh, 14000 new fresh"],
    ["if it was negative and has expired", [NONE, DOWN], "0 none fresh, 100 failed"],
    ["although it may be negative", [{}, DOWN, NONE], "0 old fresh, 16000 none fresh"],
  ])("is loaded %s", async (_when, answers, reads) => {
    const { cached } = createCached({}, ...answers);
    for (const step of reads.split(", ")) {
      const [, ms, maxAge, expected] = /^(\d+)\/?(\d+)? (.*)$/.exec(step) ?? [];
      await clock.advance(Number(ms));
      const read = loaded(cached, forever, maxAge === undefined ? undefined : Number(maxAge));
      const outcome = read.then(({ value, origin }) => `${value} ${origin}`);
      expect(await outcome.catch(() => "failed")).toBe(expected);
    }
  });
});

describe("a load", () => {
  it("is shared by all readers", async () => {
    const { cached, load, loads } = createSlow();
    const reads = [loaded(cached), loaded(cached), loaded(cached, forever, 0)];
    loads[0]?.answer("one");
    expect((await Promise.all(reads)).map(({ value }) => value)).toEqual(["one", "one", "one"]);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it("is cancelled when no call waits for it any more, and not earlier; its result is ignored", async () => {
    const { cached, loads } = createSlow();
    const [first, second] = [new Lifetime(), new Lifetime()];
    const reads = [loaded(cached, first), loaded(cached, second)];
    const outcomes = Promise.allSettled(reads);
    first.end(new Error("first left"));
    await expect(reads[0]).rejects.toThrow("first left");
    expect(loads[0]?.lifetime.reason).toBeUndefined();
    const reason = new Error("second left");
    second.end(reason);
    await outcomes;
    expect(loads[0]?.lifetime.reason).toBe(reason);
    loads[0]?.answer("late");
    const read = cached.read(forever);
    loads[1]?.answer("right");
    expect((await read).value).toBe("right");
    expect(kept(cached)).toBe("right");
  });

  it("is cancelled after loadTimeout, and when the cache is closed", async () => {
    const late = createSlow();
    const failure = loaded(late.cached).catch(String);
    await clock.advance(5_000);
    expect(await failure).toBe("Error: no answer within 5000 ms");
    const closed = createSlow();
    const read = closed.cached.read(forever);
    closed.cached.close(new Error("closed"));
    await expect(read).rejects.toThrow("closed");
    for (const { loads } of [late, closed]) {
      expect(loads[0]?.lifetime.reason).toBeInstanceOf(Error);
    }
  });
});

describe("an expired value", () => {
  it("is loaded in the background, at most once a second, and no reader waits", async () => {
    const { cached, load } = createCached({}, {}, DOWN, DOWN, DOWN, { value: "new" });
    await cached.read(forever);
    await clock.advance(12_000);
    load.mockClear();
    const read: string[] = [];
    // Ten reads per second, for 3.5 s.
    for (let time = 0; time < 3_500; time += 100) {
      const { value, origin } = await cached.read(forever);
      read.push(`${value} ${origin}`);
      await clock.advance(100);
    }
    // After the minimum delay of a timer, after one second, and after two, when the answer arrives.
    expect(load).toHaveBeenCalledTimes(3);
    expect(read.lastIndexOf("old stale")).toBe(20);
    expect(read.indexOf("new cached")).toBe(21);
    // An unused value is not loaded.
    load.mockClear();
    await clock.advance(60_000);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it("is used after 1.8 s of silent servers, and the load continues in the background", async () => {
    const { cached, load, loads } = await createSlowWithOld();
    cached.stop();
    clock.skip(10_000);
    const early = loaded(cached);
    let isSettled = false;
    void early.then(() => (isSettled = true));
    await clock.advance(STALE_AFTER - 1);
    expect(isSettled).toBe(false);
    await clock.advance(1);
    expect(await early).toEqual(OLD);
    // Later readers do not wait for the same load again.
    const late = cached.read(forever);
    await clock.advance(0);
    expect(await late).toEqual(OLD);
    loads[1]?.answer("new");
    await clock.advance(0);
    expect(await cached.read(forever)).toEqual({ value: "new", origin: "cached" });
    expect(load).toHaveBeenCalledTimes(2);
  });

  it("is given immediately if its source is said to fail, and loaded in the background", async () => {
    const { cached, load } = createCached({}, {}, {}, DOWN);
    expect(cached.kept(undefined, true)).toBeUndefined();
    await cached.read(forever);
    // It is refreshed once, and not used until it has expired.
    await clock.advance(20_000);
    expect(kept(cached)).toBeUndefined();
    expect(cached.kept(undefined, true)).toEqual({ value: "old", origin: "stale" });
    expect(load).toHaveBeenCalledTimes(2);
    await clock.advance(1);
    expect(load).toHaveBeenCalledTimes(3);
  });
});

describe("a source", () => {
  it("counts as failing after a failed load, or 1.8 s of silence", async () => {
    const { cached } = createCached({}, {}, DOWN, { value: "new" });
    const isFailing = [cached.isFailing];
    for (const maxAge of [undefined, 0, 0]) {
      await cached.read(forever, maxAge);
      isFailing.push(cached.isFailing);
    }
    expect(isFailing).toEqual([false, false, true, false]);

    const slow = createSlow().cached;
    loaded(slow).catch(() => {});
    clock.skip(STALE_AFTER - 1);
    expect(slow.isFailing).toBe(false);
    clock.skip(1);
    expect(slow.isFailing).toBe(true);
    await clock.advance(5_000);
    expect(slow.isFailing).toBe(true);
  });
});

describe("a value in use", () => {
  it("is loaded again shortly before it expires", async () => {
    const { cached, load } = createCached({}, { value: "1" }, { value: "2" }, { value: "3" });
    await cached.read(forever);
    await clock.advance(8_999);
    expect(load).toHaveBeenCalledTimes(1);
    await clock.advance(1);
    expect(load).toHaveBeenCalledTimes(2);
    // The second value is used in the last tenth of its TTL.
    await clock.advance(9_500);
    expect(kept(cached)).toBe("2");
    await clock.advance(1);
    expect(kept(cached)).toBe("3");
    expect(load).toHaveBeenCalledTimes(3);
  });

  it.each<[string, CacheOptions, object, (cached: Cached<string>) => void]>([
    ["it is stopped", {}, {}, (cached) => cached.stop()],
    ["it is closed", {}, {}, (cached) => cached.close(new Error("closed"))],
    ["it is negative", {}, { negative: true }, () => {}],
    ["it is not cached", { minTtl: 0, maxTtl: 0 }, {}, () => {}],
  ])("is not loaded ahead if %s", async (_how, limits, answer, end) => {
    const { cached, load } = createCached(limits, answer);
    await cached.read(forever);
    end(cached);
    kept(cached);
    await clock.advance(20_000);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it("is not loaded again just because the old one was used during the load", async () => {
    const { cached, load, loads } = await createSlowWithOld();
    load.mockRejectedValueOnce(DOWN);
    // The refresh at 9 s fails. The next load is for a reader that uses the expired value.
    await clock.advance(10_500);
    expect((await cached.read(forever)).origin).toBe("stale");
    await clock.advance(100);
    expect(load).toHaveBeenCalledTimes(3);
    expect((await cached.read(forever)).origin).toBe("stale");
    loads[1]?.answer("new");
    await clock.advance(5_000);
    expect(load).toHaveBeenCalledTimes(3);
    expect(kept(cached)).toBe("new");
  });

  it("is loaded on when a reader that joined the reload leaves", async () => {
    const { cached, loads } = await createSlowWithOld();
    await clock.advance(10_000);
    const leaving = new Lifetime();
    const left = cached.read(leaving);
    leaving.end(new Error("left"));
    await expect(left).rejects.toThrow("left");
    expect(loads[1]?.lifetime.reason).toBeUndefined();
    loads[1]?.answer("new");
    await clock.advance(0);
    expect(kept(cached)).toBe("new");
  });
});
