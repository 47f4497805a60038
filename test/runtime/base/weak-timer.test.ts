import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { WeakTimer } from "../../../runtime/src/base/weak-timer.ts";
import { startNode } from "../support/installed.ts";

const SOURCE = new URL("../../../runtime/src/base/weak-timer.ts", import.meta.url).href;
const TSX = import.meta.resolve("tsx");

/** Sets timers for a hundred owners that no one holds, and tells how many are cleared, and how many ran. */
const MANY_OWNERS = `
  import { setImmediate as turn } from "node:timers/promises";
  import { WeakTimer } from ${JSON.stringify(SOURCE)};

  let [cleared, ran] = [0, 0];
  const { clearTimeout } = globalThis;
  globalThis.clearTimeout = (timer) => {
    cleared++;
    clearTimeout(timer);
  };
  const setAll = () => {
    for (let owners = 0; owners < 100; owners++) new WeakTimer({}, () => ran++).set(60_000);
  };
  setAll();
  for (let times = 0; times < 100 && cleared < 100; times++) {
    gc();
    // Finalizers have turns of their own.
    await turn();
  }
  console.log(JSON.stringify({ cleared, ran }));`;

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
    const args = ["--expose-gc", "--import", TSX, "--input-type=module", "-e", MANY_OWNERS];
    await using node = startNode(args);
    const { stdout, stderr } = await node.outcome;
    expect(stderr).toBe("");
    const { cleared, ran } = JSON.parse(stdout) as { cleared: number; ran: number };
    // The last owners may still be on the stack.
    expect(cleared).toBeGreaterThan(90);
    expect(ran).toBe(0);
  });
});
