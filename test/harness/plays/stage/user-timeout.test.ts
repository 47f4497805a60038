import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { userTimeout } from "../../../../harness/plays/stage/user-timeout.ts";

/** Blocks this process, like a stalled machine. */
function stall(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}

test("ends after its time", async () => {
  using waiting = userTimeout(50);
  await expect(setTimeout(10_000, undefined, { signal: waiting.signal })).rejects.toHaveProperty(
    "cause.name",
    "TimeoutError",
  );
});

test("a stall counts as one step, however long it is", async () => {
  using waiting = userTimeout(500);
  stall(1_000);
  // The timers that are due run before this one.
  await setTimeout(1);
  expect(waiting.signal.aborted).toBe(false);
});

test("nothing aborts after disposal", async () => {
  const waiting = userTimeout(50);
  waiting[Symbol.dispose]();
  await setTimeout(150);
  expect(waiting.signal.aborted).toBe(false);
});
