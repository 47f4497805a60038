import { getEventListeners } from "node:events";
import { describe, expect, it, vi } from "vitest";

import { Lifetime } from "../../../runtime/src/base/lifetime.ts";

const REASON = new Error("over");

describe("a lifetime", () => {
  it("ends once, with the first reason", () => {
    const lifetime = new Lifetime();
    const listener = vi.fn<(reason: Error) => void>();
    lifetime.onEnd(listener);
    lifetime.end(REASON);
    lifetime.end(new Error("again"));
    expect(lifetime.reason).toBe(REASON);
    expect(listener.mock.calls).toEqual([[REASON]]);
  });

  it("tells late listeners at once, and those that left not at all", () => {
    const lifetime = new Lifetime();
    const [leaving, late] = [vi.fn<() => void>(), vi.fn<() => void>()];
    lifetime.onEnd(leaving);
    lifetime.offEnd(leaving);
    lifetime.end(REASON);
    lifetime.onEnd(late);
    expect(leaving).not.toHaveBeenCalled();
    expect(late).toHaveBeenCalledTimes(1);
  });

  it("is an AbortSignal for those who need one, before and after its end", () => {
    const lifetime = new Lifetime();
    const { signal } = lifetime;
    lifetime.end(REASON);
    expect(signal.reason).toBe(REASON);
    const ended = new Lifetime();
    ended.end(REASON);
    expect(ended.signal.reason).toBe(REASON);
  });

  it("waits for an outcome or its end, and stops waiting once in each case", async () => {
    const lifetime = new Lifetime();
    const stop = vi.fn<() => void>();
    await expect(lifetime.wait((resolve) => (setImmediate(resolve, "done"), stop))).resolves.toBe(
      "done",
    );
    await expect(lifetime.wait((_, reject) => (setImmediate(reject, REASON), stop))).rejects.toBe(
      REASON,
    );
    const endless = lifetime.wait(() => stop);
    lifetime.end(REASON);
    await expect(endless).rejects.toBe(REASON);
    expect(stop).toHaveBeenCalledTimes(3);
    await expect(lifetime.wait(() => expect.unreachable())).rejects.toBe(REASON);
  });

  it("takes an outcome that is there before it has begun to wait, and stops", async () => {
    const stop = vi.fn<() => void>();
    const lifetime = new Lifetime();
    const early = lifetime.wait<number>((resolve) => {
      resolve(1);
      return stop;
    });
    expect(await early).toBe(1);
    expect(stop).toHaveBeenCalledTimes(1);
    const failed = lifetime.wait((_, reject) => {
      reject(REASON);
      return stop;
    });
    await expect(failed).rejects.toBe(REASON);
    expect(stop).toHaveBeenCalledTimes(2);
  });

  it("tells its listeners even when the signal of a polyfill cannot be let go", () => {
    const lifetime = new Lifetime();
    const told = vi.fn<(reason: Error) => void>();
    lifetime.onEnd(told);
    const polyfill = { aborted: false, addEventListener: () => {} } as unknown as AbortSignal;
    lifetime.endWithSignal(polyfill);
    expect(() => lifetime.end(REASON)).toThrow(TypeError);
    expect(told).toHaveBeenCalledWith(REASON);
  });

  it("ends with another, later or at once, and is let go by its own end", () => {
    const [other, first, second] = [new Lifetime(), new Lifetime(), new Lifetime()];
    const left = vi.spyOn(other, "offEnd");
    first.endWith(other);
    first.end(new Error("its own"));
    expect(left).toHaveBeenCalledTimes(1);
    second.endWith(other);
    other.end(REASON);
    const late = new Lifetime();
    late.endWith(other);
    expect([first.reason?.message, second.reason, late.reason]).toEqual([
      "its own",
      REASON,
      REASON,
    ]);
  });

  it.each(["end", "release"] as const)("leaves no timer and no listener upon %s", (how) => {
    vi.useFakeTimers();
    try {
      const { signal } = new AbortController();
      const [lifetime, other] = [new Lifetime(), new Lifetime()];
      lifetime.endAfter(1_000, () => REASON);
      lifetime.endWithSignal(signal);
      lifetime.endWith(other);
      expect([vi.getTimerCount(), getEventListeners(signal, "abort").length]).toEqual([1, 1]);
      lifetime[how](REASON);
      expect([vi.getTimerCount(), getEventListeners(signal, "abort").length]).toEqual([0, 0]);
      other.end(new Error("too late"));
      expect(lifetime.reason).toBe(how === "end" ? REASON : undefined);
      lifetime.end(REASON);
      lifetime.endAfter(1_000, () => REASON);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });

  it("ends after its time", () => {
    vi.useFakeTimers();
    try {
      const lifetime = new Lifetime();
      lifetime.endAfter(1_000, () => REASON);
      vi.advanceTimersByTime(999);
      expect(lifetime.reason).toBeUndefined();
      vi.advanceTimersByTime(1);
      expect(lifetime.reason).toBe(REASON);
    } finally {
      vi.useRealTimers();
    }
  });
});
