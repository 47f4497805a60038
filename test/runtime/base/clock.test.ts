import { afterEach, describe, expect, it, vi } from "vitest";

import { systemClock } from "../../../runtime/src/base/clock.ts";

const MINUTE = 60_000;

/** Number of timers that keep this process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((each) => each === "Timeout").length;
}

describe("the system's clock", () => {
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    ["keeps the process alive only with ref: true", { ref: true }, 1],
    ["does not keep the process alive by default", undefined, 0],
  ])("sets a timer that %s", (_title, options, expected) => {
    const before = timers();
    const clear = systemClock.setTimeout(() => {}, MINUTE, options);
    expect(timers() - before).toBe(expected);
    clear();
    expect(timers()).toBe(before);
  });

  it("calls back once, at the set time, unless it is cleared before", () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    const started = systemClock.now();
    const times: number[] = [];
    const run = (): void => void times.push(systemClock.now() - started);
    const clear = systemClock.setTimeout(run, 100);
    systemClock.setTimeout(run, 50)();
    vi.advanceTimersByTime(MINUTE);
    clear();
    expect(times).toEqual([100]);
  });

  it.each([
    ["a number", 7],
    ["nothing", undefined],
  ])("accepts a stubbed `setTimeout` that returns %s", (_what, timer) => {
    const run = vi.fn<() => void>();
    vi.stubGlobal("setTimeout", (call: () => void) => (call(), timer));
    try {
      expect(() => systemClock.setTimeout(run, 1)()).not.toThrow();
      expect(run).toHaveBeenCalledTimes(1);
    } finally {
      vi.unstubAllGlobals();
    }
  });

  // For other delays Node.js prints a warning on stderr.
  it("sets no timer for a negative time", () => {
    const set = vi.spyOn(globalThis, "setTimeout");
    systemClock.setTimeout(() => {}, -5)();
    expect(set.mock.calls.map(([, ms]) => ms)).toEqual([0]);
    set.mockRestore();
  });
});
