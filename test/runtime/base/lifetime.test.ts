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
});
