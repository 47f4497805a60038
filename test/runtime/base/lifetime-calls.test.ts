import { describe, expect, it, vi } from "vitest";

import { systemClock } from "../../../runtime/src/base/clock.ts";
import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import {
  Interruption,
  aborted,
  deadline,
  interruptionOf,
  unresolved,
  withDeadline,
} from "../../../runtime/src/base/lifetime.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";

/** Work that ends with its lifetime. */
function untilEnd(lifetime: Lifetime): Promise<never> {
  return new Promise((_resolve, reject) => lifetime.onEnd(reject));
}

describe("a deadline", () => {
  it("gives the result of the call, and leaves no timer", async () => {
    const clock = new VirtualClock();
    const lifetimes: Lifetime[] = [];
    const call = (lifetime: Lifetime): Promise<string> => {
      lifetimes.push(lifetime);
      return Promise.resolve("done");
    };
    expect(await withDeadline(1_000, clock, call)).toBe("done");
    clock.expectNoTimers();
    // Unneeded work of the call ends with it.
    expect(lifetimes[0]?.reason?.message).toBe("the call is over");
    expect(interruptionOf(lifetimes[0] ?? new Lifetime())).toBeUndefined();
  });

  it("fails like the call, and leaves no timer", async () => {
    const clock = new VirtualClock();
    const failing = withDeadline(1_000, clock, () => Promise.reject(new Error("down")));
    await expect(failing).rejects.toThrow("down");
    clock.expectNoTimers();
  });

  it("ends the call after its time, and not before", async () => {
    const clock = new VirtualClock();
    let reason: unknown;
    const done = withDeadline(1_000, clock, untilEnd).catch((error: unknown) => (reason = error));
    await clock.advance(999);
    expect(reason).toBeUndefined();
    await clock.advance(1);
    await done;
    expect(reason).toBeInstanceOf(Interruption);
    expect(reason).toMatchObject({ code: "ERR_SRV_TIMEOUT", message: "not done within 1000 ms" });
  });

  it.each([
    [{}, true],
    [{ ref: true }, true],
    [{ ref: false }, false],
  ])("keeps the process alive, or not with ref false: %j", (options, ref) => {
    const setTimeout = vi.spyOn(systemClock, "setTimeout");
    deadline(1_000, systemClock, options).release();
    expect(setTimeout).toHaveBeenCalledWith(expect.any(Function), 1_000, { ref });
    setTimeout.mockRestore();
  });
});

describe("the interruption of a call", () => {
  it("is the reason why its lifetime ended early", () => {
    const lifetime = new Lifetime();
    expect(interruptionOf(lifetime)).toBeUndefined();
    const reason = aborted("because");
    lifetime.end(reason);
    expect(interruptionOf(lifetime)).toBe(reason);
    expect(reason).toMatchObject({ code: "ERR_SRV_ABORTED", message: "aborted", cause: "because" });
  });
});

describe("a call that ends before its name is resolved", () => {
  it("has no error while it is running, or after it is done", () => {
    const lifetime = new Lifetime();
    expect(unresolved("a.b", lifetime)).toBeUndefined();
    lifetime.end(new Error("the call is over"));
    expect(unresolved("a.b", lifetime)).toBeUndefined();
  });

  it("has the way it ended, and the cause", () => {
    const lifetime = new Lifetime();
    const cause = new Error("the user has left");
    lifetime.end(aborted(cause));
    const error = unresolved("a.b", lifetime);
    expect(error).toMatchObject({ code: "ERR_SRV_ABORTED", hostname: "a.b", cause });
    expect(error?.message).toBe("Resolving a.b aborted");
  });
});
