import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { Cached } from "../../../runtime/src/answers/cached.ts";
import type { Loaded } from "../../../runtime/src/answers/cached.ts";
import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import type { CacheOptions } from "../../../runtime/src/base/types.ts";

const LIMITS: Required<CacheOptions> = {
  minTtl: 1_000,
  maxTtl: 60_000,
  negativeTtl: 100,
  minRefresh: 50,
  maxStale: 300_000,
};
/** What RFC 8767 section 5 recommends as the client response timer. */
const STALE_AFTER = 1_800;

type Load = (lifetime: Lifetime) => Promise<Loaded<string>>;

/** A cache whose loads are answered in turn, and what it asked for. */
function createCached(limits: CacheOptions = {}, ...answers: (Partial<Loaded<string>> | Error)[]) {
  const load = vi.fn<Load>(async () => {
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer instanceof Error) throw answer;
    return { value: "value", ttl: 10, negative: false, ...answer };
  });
  return { load, cached: cachedBy(load, limits) };
}

function cachedBy(load: Load, limits: CacheOptions = {}): Cached<string> {
  return new Cached({ load, limits: { ...LIMITS, ...limits }, loadTimeout: 5_000 });
}

/** Loads that are under way until they are answered by hand. */
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

const forever = new Lifetime();
const DOWN = new Error("servers failed");

describe("Cached", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  });
  afterEach(() => {
    // Whatever happened, no timer may be left.
    const left = vi.getTimerCount();
    vi.useRealTimers();
    if (left > 0) throw new Error(`${left} timers are left`);
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
    expect(cached.expiresIn).toBe(lifetime);
    vi.advanceTimersByTime(lifetime - 1);
    expect(cached.fresh).toBe("value");
    expect(await cached.read(forever)).toEqual({ value: "value", origin: "cached" });
    expect(load).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    expect(cached.fresh).toBeUndefined();
    expect(cached.expiresIn).toBe(0);
    expect(await cached.read(forever)).toEqual({ value: "value", origin: "fresh" });
    expect(load).toHaveBeenCalledTimes(2);
  });

  it("shares one load among all who wait", async () => {
    const { cached, load, loads } = createSlow();
    const reads = [cached.read(forever), cached.read(forever), cached.read(forever, "always")];
    loads[0]?.answer("one");
    expect(new Set((await Promise.all(reads)).map(({ value }) => value))).toEqual(new Set(["one"]));
    expect(load).toHaveBeenCalledTimes(1);
  });

  it("ends a load once no one waits for it any more, and not before", async () => {
    const { cached, loads } = createSlow();
    const [first, second] = [new Lifetime(), new Lifetime()];
    const reads = [cached.read(first), cached.read(second)];
    const settled = Promise.allSettled(reads);
    first.end(new Error("first left"));
    await expect(reads[0]).rejects.toThrow("first left");
    expect(loads[0]?.lifetime.reason).toBeUndefined();
    second.end(new Error("second left"));
    await settled;
    expect(loads[0]?.lifetime.reason).toBeInstanceOf(Error);
  });

  it("takes nothing from a load that was ended", async () => {
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
    expect(cached.fresh).toBe("right");
  });

  it("rejects at once for a lifetime that has ended already", async () => {
    const { cached } = createSlow();
    const gone = new Lifetime();
    gone.end(new Error("gone"));
    await expect(cached.read(gone)).rejects.toThrow("gone");
  });

  it("remembers a failure for minRefresh", async () => {
    const { cached, load } = createCached({}, DOWN, {});
    await expect(cached.read(forever)).rejects.toBe(DOWN);
    vi.advanceTimersByTime(49);
    await expect(cached.read(forever)).rejects.toBe(DOWN);
    expect(load).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    expect((await cached.read(forever)).origin).toBe("fresh");
  });

  it("asks again right after a failure when told to in any case", async () => {
    const { cached } = createCached({}, DOWN, {});
    await expect(cached.read(forever)).rejects.toBe(DOWN);
    expect((await cached.read(forever, "always")).origin).toBe("fresh");
  });

  it("serves an expired value only while loading fails, and no longer than maxStale", async () => {
    const { cached } = createCached({ maxStale: 5_000 }, { value: "old" }, DOWN);
    await cached.read(forever);
    vi.advanceTimersByTime(10_000);
    expect(await cached.read(forever)).toEqual({ value: "old", origin: "stale" });
    vi.advanceTimersByTime(4_999);
    expect(await cached.read(forever)).toEqual({ value: "old", origin: "stale" });
    vi.advanceTimersByTime(1);
    await expect(cached.read(forever)).rejects.toBe(DOWN);
  });

  it("never serves an expired answer that there is nothing", async () => {
    const { cached } = createCached({}, { negative: true }, DOWN);
    await cached.read(forever);
    vi.advanceTimersByTime(100);
    await expect(cached.read(forever)).rejects.toBe(DOWN);
  });

  it("believes a new answer that there is nothing over an expired value", async () => {
    const { cached } = createCached({}, {}, { value: "nothing", negative: true });
    await cached.read(forever);
    vi.advanceTimersByTime(10_000);
    expect(await cached.read(forever)).toEqual({ value: "nothing", origin: "fresh" });
  });

  it("waits 1.8 s for silent servers while an expired value is at hand, then loads on", async () => {
    const { cached, load, loads } = createSlow();
    const first = cached.read(forever);
    loads[0]?.answer("old");
    await first;
    vi.advanceTimersByTime(10_000);
    const early = cached.read(forever);
    let isSettled = false;
    void early.then(() => (isSettled = true));
    await vi.advanceTimersByTimeAsync(STALE_AFTER - 1);
    expect(isSettled).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    expect(await early).toEqual({ value: "old", origin: "stale" });
    // Who comes later does not wait anew for the same load.
    const late = cached.read(forever);
    await vi.advanceTimersByTimeAsync(0);
    expect(await late).toEqual({ value: "old", origin: "stale" });
    loads[1]?.answer("new");
    await vi.advanceTimersByTimeAsync(0);
    expect(await cached.read(forever)).toEqual({ value: "new", origin: "cached" });
    expect(load).toHaveBeenCalledTimes(2);
  });

  it("loads anew for a suspect value, unless that is younger than minRefresh", async () => {
    const { cached, load } = createCached({}, {}, { value: "new" });
    await cached.read(forever);
    vi.advanceTimersByTime(49);
    expect(await cached.read(forever, "suspect")).toEqual({ value: "value", origin: "cached" });
    expect(load).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(1);
    expect(await cached.read(forever, "suspect")).toEqual({ value: "new", origin: "fresh" });
  });

  it("loads anew in any case with always", async () => {
    const { cached } = createCached({}, {}, { value: "new" });
    await cached.read(forever);
    expect(await cached.read(forever, "always")).toEqual({ value: "new", origin: "fresh" });
  });

  it("ends a load after loadTimeout", async () => {
    const { cached, loads } = createSlow();
    const read = cached.read(forever);
    const failure = read.catch(String);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(await failure).toBe("Error: no answer within 5000 ms");
    expect(loads[0]?.lifetime.reason).toBeInstanceOf(Error);
  });

  it("rejects those who wait when it is closed", async () => {
    const { cached, loads } = createSlow();
    const read = cached.read(forever);
    cached.close(new Error("closed"));
    await expect(read).rejects.toThrow("closed");
    expect(loads[0]?.lifetime.reason).toBeInstanceOf(Error);
  });

  it("keeps nothing with limits of 0", async () => {
    const none = { minTtl: 0, maxTtl: 0, negativeTtl: 0, minRefresh: 0, maxStale: 0 };
    const { cached, load } = createCached(none, {}, {}, DOWN);
    await cached.read(forever);
    expect((await cached.read(forever)).origin).toBe("fresh");
    await expect(cached.read(forever)).rejects.toBe(DOWN);
    await expect(cached.read(forever)).rejects.toBe(DOWN);
    expect(load).toHaveBeenCalledTimes(4);
  });
});
