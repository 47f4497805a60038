import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Cached } from "../../../runtime/src/answers/cached.ts";
import type { Loaded } from "../../../runtime/src/answers/cached.ts";
import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import type { CacheOptions } from "../../../runtime/src/base/types.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";
import { collectGarbage } from "../support/garbage.ts";

const LIMITS: Required<CacheOptions> = {
  minTtl: 1_000,
  maxTtl: 60_000,
  negativeTtl: 100,
  minRefresh: 50,
  maxStale: 300_000,
};
/** The client response timer that RFC 8767, section 5 recommends. */
const STALE_AFTER = 1_800;

type Load = (lifetime: Lifetime) => Promise<Loaded<string>>;

/** A cache whose loads return the answers in turn, and the number of loads. */
function createCached(limits: CacheOptions = {}, ...answers: (Partial<Loaded<string>> | Error)[]) {
  const load = vi.fn<Load>(async () => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    return { value: "value", ttl: 10, negative: false, ...answer };
  });
  return { load, cached: cachedBy(load, limits) };
}

let clock: VirtualClock;
const all = new Set<Cached<string>>();

function cachedBy(load: Load, limits: CacheOptions = {}): Cached<string> {
  const cached = new Cached({ load, limits: { ...LIMITS, ...limits }, loadTimeout: 5_000, clock });
  all.add(cached);
  return cached;
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

/** The cached value, if it may be used without a load. */
function kept(cached: Cached<string>): string | undefined {
  return cached.kept()?.value;
}

/** A read that has to load. */
async function loaded(cached: Cached<string>, lifetime = forever, maxAge?: number) {
  return cached.read(lifetime, maxAge);
}

const forever = new Lifetime();
const DOWN = new Error("servers failed");

describe("Cached", () => {
  beforeEach(() => {
    clock = new VirtualClock();
  });
  afterEach(() => {
    // Without refresh-ahead, no timer may be pending.
    for (const cached of all) cached.stop();
    all.clear();
    clock.expectNoTimers();
  });

  it.each([
    ["its TTL", { ttl: 10 }, 10_000],
    ["minTtl, when the TTL is below", { ttl: 0 }, 1_000],
    ["maxTtl, when the TTL is beyond", { ttl: 3_600 }, 60_000],
    ["negativeTtl, when there is nothing", { ttl: 60, negative: true }, 100],
    ["minRefresh, when there is nothing for no time", { ttl: 0, negative: true }, 50],
  ])("keeps an answer for %s", async (_, answer, lifetime) => {
    const { cached, load } = createCached({}, answer);
    expect(await cached.read(forever)).toEqual({ value: "value", origin: "fresh" });
    cached.stop();
    expect(cached.expiresIn).toBe(lifetime);
    clock.skip(lifetime - 1);
    expect(kept(cached)).toBe("value");
    expect(await cached.read(forever)).toEqual({ value: "value", origin: "cached" });
    expect(load).toHaveBeenCalledTimes(1);
    clock.skip(1);
    expect(kept(cached)).toBeUndefined();
    expect(cached.expiresIn).toBe(0);
    expect(await cached.read(forever)).toEqual({ value: "value", origin: "fresh" });
    expect(load).toHaveBeenCalledTimes(2);
  });

  it("shares one load among all readers", async () => {
    const { cached, load, loads } = createSlow();
    const reads = [loaded(cached), loaded(cached), loaded(cached, forever, 0)];
    loads[0]?.answer("one");
    expect(new Set((await Promise.all(reads)).map(({ value }) => value))).toEqual(new Set(["one"]));
    expect(load).toHaveBeenCalledTimes(1);
  });

  it("cancels a load when no call waits for it any more, and not earlier", async () => {
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
  });

  it("ignores the result of a cancelled load", async () => {
    const { cached, load, loads } = createSlow();
    const leaving = new Lifetime();
    const left = cached.read(leaving);
    leaving.end(new Error("left"));
    await expect(left).rejects.toThrow("left");
    loads[0]?.answer("late");
    const read = cached.read(forever);
    expect(load).toHaveBeenCalledTimes(2);
    loads[1]?.answer("right");
    expect((await read).value).toBe("right");
    expect(kept(cached)).toBe("right");
  });

  it("rejects immediately for an ended lifetime, and loads nothing", async () => {
    const { cached, load } = createSlow();
    const gone = new Lifetime();
    gone.end(new Error("gone"));
    await expect(cached.read(gone)).rejects.toThrow("gone");
    expect(load).not.toHaveBeenCalled();
  });

  it("remembers a failure for minRefresh", async () => {
    const { cached, load } = createCached({}, DOWN, {});
    await expect(cached.read(forever)).rejects.toBe(DOWN);
    clock.skip(49);
    await expect(cached.read(forever)).rejects.toBe(DOWN);
    expect(load).toHaveBeenCalledTimes(1);
    clock.skip(1);
    expect((await cached.read(forever)).origin).toBe("fresh");
  });

  it("uses an expired value only while loading fails, and no longer than maxStale", async () => {
    const { cached } = createCached({ maxStale: 5_000 }, { value: "old" }, DOWN);
    await cached.read(forever);
    clock.skip(10_000);
    expect(await cached.read(forever)).toEqual({ value: "old", origin: "stale" });
    clock.skip(4_999);
    expect(await cached.read(forever)).toEqual({ value: "old", origin: "stale" });
    clock.skip(1);
    await expect(cached.read(forever)).rejects.toBe(DOWN);
  });

  it("asks a source with an older failure before it uses an expired value", async () => {
    const { cached } = createCached({}, { value: "old" }, DOWN, { value: "new" });
    await cached.read(forever);
    await clock.advance(9_000 + 5_000);
    expect(cached.isFailing).toBe(false);
    expect(await cached.read(forever)).toEqual({ value: "new", origin: "fresh" });
  });

  it("asks a failing source in the background, at most once a second, and no reader waits", async () => {
    const { cached, load } = createCached({}, { value: "old" }, DOWN, DOWN, DOWN, { value: "new" });
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
    expect(read).toEqual([
      ...Array.from({ length: 21 }, () => "old stale"),
      ...Array.from({ length: 14 }, () => "new cached"),
    ]);
  });

  it("loads nothing in the background for an unused expired value", async () => {
    const { cached, load } = createCached({}, {}, DOWN);
    await cached.read(forever);
    await clock.advance(20_000);
    await cached.read(forever);
    load.mockClear();
    await clock.advance(60_000);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it("never uses an expired negative answer", async () => {
    const { cached } = createCached({}, { negative: true }, DOWN);
    await cached.read(forever);
    clock.skip(100);
    await expect(cached.read(forever)).rejects.toBe(DOWN);
  });

  it("prefers a new negative answer to an expired value", async () => {
    const { cached } = createCached({}, {}, { value: "nothing", negative: true });
    await cached.read(forever);
    clock.skip(10_000);
    expect(await cached.read(forever)).toEqual({ value: "nothing", origin: "fresh" });
  });

  it("waits 1.8 s for silent servers if there is an expired value, then continues the load in the background", async () => {
    const { cached, load, loads } = createSlow();
    const first = cached.read(forever);
    loads[0]?.answer("old");
    await first;
    cached.stop();
    clock.skip(10_000);
    const early = loaded(cached);
    let isSettled = false;
    void early.then(() => (isSettled = true));
    await clock.advance(STALE_AFTER - 1);
    expect(isSettled).toBe(false);
    await clock.advance(1);
    expect(await early).toEqual({ value: "old", origin: "stale" });
    // Later readers do not wait for the same load again.
    const late = cached.read(forever);
    await clock.advance(0);
    expect(await late).toEqual({ value: "old", origin: "stale" });
    loads[1]?.answer("new");
    await clock.advance(0);
    expect(await cached.read(forever)).toEqual({ value: "new", origin: "cached" });
    expect(load).toHaveBeenCalledTimes(2);
  });

  it("reports a failing source after a failed load, or 1.8 s of silence", async () => {
    const { cached } = createCached({}, {}, DOWN, { value: "new" });
    expect(cached.isFailing).toBe(false);
    await cached.read(forever);
    expect(cached.isFailing).toBe(false);
    await cached.read(forever, 0);
    expect(cached.isFailing).toBe(true);
    await cached.read(forever, 0);
    expect(cached.isFailing).toBe(false);

    const slow = createSlow().cached;
    loaded(slow).catch(() => {});
    clock.skip(STALE_AFTER - 1);
    expect(slow.isFailing).toBe(false);
    clock.skip(1);
    expect(slow.isFailing).toBe(true);
    await clock.advance(5_000);
    expect(slow.isFailing).toBe(true);
  });

  it("gives an expired value immediately if its source is said to fail, and loads in the background", async () => {
    const { cached, load } = createCached({}, {}, {}, DOWN);
    expect(cached.kept(undefined, true)).toBeUndefined();
    await cached.read(forever);
    // It is refreshed once, and not used until it has expired.
    await clock.advance(20_000);
    expect(load).toHaveBeenCalledTimes(2);
    expect(kept(cached)).toBeUndefined();
    expect(cached.kept(undefined, true)).toEqual({ value: "value", origin: "stale" });
    expect(load).toHaveBeenCalledTimes(2);
    await clock.advance(1);
    expect(load).toHaveBeenCalledTimes(3);
  });

  it("loads a suspect value again, unless it is younger than minRefresh", async () => {
    clock.skip(1_000);
    const { cached, load } = createCached({}, {}, { value: "new" });
    await cached.read(forever);
    clock.skip(49);
    expect(await cached.read(forever, LIMITS.minRefresh)).toEqual({
      value: "value",
      origin: "cached",
    });
    expect(load).toHaveBeenCalledTimes(1);
    clock.skip(1);
    expect(await cached.read(forever, LIMITS.minRefresh)).toEqual({
      value: "new",
      origin: "fresh",
    });
  });

  it("reloads a value in use shortly before it expires", async () => {
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

  it.each<[string, (cached: Cached<string>) => void]>([
    ["is stopped", (cached) => cached.stop()],
    ["is closed", (cached) => cached.close(new Error("closed"))],
  ])("loads nothing ahead when it %s", async (_how, end) => {
    const { cached, load } = createCached();
    await cached.read(forever);
    end(cached);
    kept(cached);
    await clock.advance(20_000);
    expect(load).toHaveBeenCalledTimes(1);
  });

  it("does not reload a new value just because the old one was used during the load", async () => {
    const answers: ((loaded: Loaded<string>) => void)[] = [];
    const load = vi.fn<Load>(() => new Promise((resolve) => answers.push(resolve)));
    const cached = cachedBy(load);
    const first = cached.read(forever);
    answers[0]?.({ value: "old", ttl: 10, negative: false });
    await first;
    load.mockRejectedValueOnce(DOWN);
    // The refresh at 9 s fails. The next load is for a reader that uses the expired value.
    await clock.advance(10_500);
    expect((await cached.read(forever)).origin).toBe("stale");
    await clock.advance(100);
    expect(load).toHaveBeenCalledTimes(3);
    expect((await cached.read(forever)).origin).toBe("stale");
    answers[1]?.({ value: "new", ttl: 10, negative: false });
    await clock.advance(5_000);
    expect(load).toHaveBeenCalledTimes(3);
    expect(kept(cached)).toBe("new");
  });

  it("leaves no timer when no one has it any more", async () => {
    const { load } = createCached();
    all.clear();
    await new Cached({ load, limits: LIMITS, loadTimeout: 5_000, clock }).read(forever);
    expect(clock.pending).toBe(1);
    await collectGarbage();
    expect(clock.pending).toBe(0);
  });

  it("does not reload negative answers, or values that are not cached", async () => {
    for (const [limits, answer] of [
      [{}, { negative: true }],
      [{ minTtl: 0, maxTtl: 0 }, {}],
    ] as const) {
      const { cached, load } = createCached(limits, answer);
      await cached.read(forever);
      await clock.advance(20_000);
      expect(load).toHaveBeenCalledTimes(1);
    }
  });

  it("continues a reload when a reader that joined it leaves", async () => {
    const { cached, loads } = createSlow();
    const first = cached.read(forever);
    loads[0]?.answer("old");
    await first;
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

  it("cancels a load after loadTimeout", async () => {
    const { cached, loads } = createSlow();
    const failure = loaded(cached).catch(String);
    await clock.advance(5_000);
    expect(await failure).toBe("Error: no answer within 5000 ms");
    expect(loads[0]?.lifetime.reason).toBeInstanceOf(Error);
  });

  it("rejects waiting readers when it is closed", async () => {
    const { cached, loads } = createSlow();
    const read = cached.read(forever);
    cached.close(new Error("closed"));
    await expect(read).rejects.toThrow("closed");
    expect(loads[0]?.lifetime.reason).toBeInstanceOf(Error);
  });
});
