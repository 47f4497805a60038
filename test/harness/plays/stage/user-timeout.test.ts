import { setTimeout } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { userTimeout } from "../../../../harness/plays/stage/user-timeout.ts";

describe("with a virtual clock", () => {
  beforeEach(() => void vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] }));
  afterEach(() => void vi.useRealTimers());

  test("the signal aborts after its time", () => {
    using timeout = userTimeout(5_000);
    vi.advanceTimersByTime(4_999);
    expect(timeout.signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(timeout.signal.reason).toHaveProperty("name", "TimeoutError");
  });
});

/** Blocks this process, like a stalled machine. */
function stall(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

test("a stall counts as one step", async () => {
  using timeout = userTimeout(100);
  stall(200);
  // The timers that are due run before this one.
  await setTimeout(1);
  expect(timeout.signal.aborted).toBe(false);
});
