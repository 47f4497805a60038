import { describe, expect, it, vi } from "vitest";

import { systemClock } from "../../../runtime/src/base/clock.ts";

const MINUTE = 60_000;

/** Number of timers that keep this process alive. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((each) => each === "Timeout").length;
}

describe("the system's clock", () => {
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

  it("calls back once, unless it is cleared before", async () => {
    const times: number[] = [];
    const started = systemClock.now();
    await new Promise<void>((resolve) => {
      systemClock.setTimeout(() => times.push(0), 1)();
      systemClock.setTimeout(
        () => {
          times.push(systemClock.now() - started);
          resolve();
        },
        20,
        { ref: true },
      );
    });
    expect(times).toHaveLength(1);
    expect(times[0]).toBeGreaterThan(15);
  });

  it("does not use the global timers, which tests and jsdom replace", async () => {
    vi.stubGlobal("setTimeout", () => expect.unreachable());
    try {
      await new Promise<void>((resolve) => {
        systemClock.setTimeout(resolve, 1, { ref: true });
      });
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it("sets no timer for a negative time, for which Node.js prints a warning", () => {
    const warn = vi.spyOn(process, "emitWarning");
    systemClock.setTimeout(() => {}, -5)();
    expect(warn).not.toHaveBeenCalled();
    warn.mockRestore();
  });
});
