import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { userTimeout } from "../../../../harness/plays/stage/user-timeout.ts";

/** Stops this process' only thread, as a machine does that stalls. */
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
  // The timers that are due now run before this one.
  await setTimeout(1);
  expect(waiting.signal.aborted).toBe(false);
});

test("what is disposed of ends no more", async () => {
  const waiting = userTimeout(50);
  waiting[Symbol.dispose]();
  await setTimeout(150);
  expect(waiting.signal.aborted).toBe(false);
});
