import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { WeakTimer } from "../../../runtime/src/base/weak-timer.ts";

/** Weak references and finalizers take more than one collection. */
const COLLECTIONS = 4;

async function collectGarbage(): Promise<void> {
  setFlagsFromString("--expose-gc");
  const gc = runInNewContext("gc") as () => void;
  for (let times = 0; times < COLLECTIONS; times++) {
    gc();
    await setImmediate();
  }
}

describe("a weak timer", () => {
  beforeEach(() => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it("runs once for its owner, and can be set again", () => {
    const owner = { name: "owner" };
    const run = vi.fn<(owner: object) => void>();
    const timer = new WeakTimer(owner, run);
    for (let times = 1; times <= 2; times++) {
      timer.set(100);
      expect(timer.isSet).toBe(true);
      vi.advanceTimersByTime(99);
      expect(run).toHaveBeenCalledTimes(times - 1);
      vi.advanceTimersByTime(1);
      expect(run).toHaveBeenCalledTimes(times);
      expect(run).toHaveBeenLastCalledWith(owner);
      expect(timer.isSet).toBe(false);
      vi.advanceTimersByTime(1_000);
    }
    expect(run).toHaveBeenCalledTimes(2);
  });

  it("runs at the time that was set last", () => {
    const run = vi.fn<() => void>();
    const owner = {};
    const timer = new WeakTimer(owner, run);
    timer.set(100);
    timer.set(200);
    expect(vi.getTimerCount()).toBe(1);
    vi.advanceTimersByTime(199);
    expect(run).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it("does not run once it is cleared", () => {
    const run = vi.fn<() => void>();
    const owner = {};
    const timer = new WeakTimer(owner, run);
    timer.set(100);
    timer.clear();
    timer.clear();
    expect(timer.isSet).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("goes with its owner, for which it never runs", async () => {
    const run = vi.fn<() => void>();
    const set = (): void => {
      for (let owners = 0; owners < 10; owners++) new WeakTimer({ owners }, run).set(100);
    };
    set();
    expect(vi.getTimerCount()).toBe(10);
    await collectGarbage();
    // The last owner may still be on the stack.
    await vi.waitUntil(async () => {
      await collectGarbage();
      return vi.getTimerCount() === 0;
    });
    expect(run).not.toHaveBeenCalled();
  });
});
