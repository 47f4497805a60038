import { beforeEach, describe, expect, it, vi } from "vitest";

import { WeakTimer } from "../../../runtime/src/base/weak-timer.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";
import { startNode } from "../support/installed.ts";

const SOURCE = new URL("../../../runtime/src/base/weak-timer.ts", import.meta.url).href;
const CLOCK = new URL("../../../runtime/src/base/clock.ts", import.meta.url).href;
const TSX = import.meta.resolve("tsx");

/** Sets timers for a hundred unreferenced owners. @returns how many are cleared, and how many ran */
const MANY_OWNERS = `
  import { setImmediate as turn } from "node:timers/promises";
  import { systemClock } from ${JSON.stringify(CLOCK)};
  import { WeakTimer } from ${JSON.stringify(SOURCE)};

  let [cleared, ran] = [0, 0];
  const { clearTimeout } = globalThis;
  globalThis.clearTimeout = (timer) => {
    cleared++;
    clearTimeout(timer);
  };
  const setAll = () => {
    for (let owners = 0; owners < 100; owners++) new WeakTimer({}, systemClock, () => ran++).set(60_000);
  };
  setAll();
  for (let times = 0; times < 100 && cleared < 100; times++) {
    gc();
    // Finalizers run in separate turns of the event loop.
    await turn();
  }
  console.log(JSON.stringify({ cleared, ran }));`;

describe("a weak timer", () => {
  let clock: VirtualClock;
  beforeEach(() => {
    clock = new VirtualClock();
  });

  it("runs once for its owner, and can be set again", () => {
    const owner = { name: "owner" };
    const run = vi.fn<(owner: object) => void>();
    const timer = new WeakTimer(owner, clock, run);
    for (let times = 1; times <= 2; times++) {
      timer.set(100);
      expect(timer.isSet).toBe(true);
      clock.skip(99);
      expect(run).toHaveBeenCalledTimes(times - 1);
      clock.skip(1);
      expect(run).toHaveBeenCalledTimes(times);
      expect(run).toHaveBeenLastCalledWith(owner);
      expect(timer.isSet).toBe(false);
      clock.skip(1_000);
    }
    expect(run).toHaveBeenCalledTimes(2);
  });

  it("runs at the last time that was set", () => {
    const run = vi.fn<() => void>();
    const owner = {};
    const timer = new WeakTimer(owner, clock, run);
    timer.set(100);
    timer.set(200);
    expect(clock.pending).toBe(1);
    clock.skip(199);
    expect(run).not.toHaveBeenCalled();
    clock.skip(1);
    expect(run).toHaveBeenCalledTimes(1);
  });

  it("does not run once it is cleared", () => {
    const run = vi.fn<() => void>();
    const owner = {};
    const timer = new WeakTimer(owner, clock, run);
    timer.set(100);
    timer.clear();
    timer.clear();
    expect(timer.isSet).toBe(false);
    expect(clock.pending).toBe(0);
  });

  it("is cleared with its owner, and then never runs", async () => {
    const args = ["--expose-gc", "--import", TSX, "--input-type=module", "-e", MANY_OWNERS];
    await using node = startNode(args);
    const { stdout, stderr } = await node.outcome;
    expect(stderr).toBe("");
    const { cleared, ran } = JSON.parse(stdout) as { cleared: number; ran: number };
    // The stack may still reference the last owners.
    expect(cleared).toBeGreaterThan(90);
    expect(ran).toBe(0);
  });
});
