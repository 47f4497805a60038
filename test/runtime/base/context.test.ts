import { describe, expect, it, vi } from "vitest";

import { Context } from "../../../runtime/src/base/context.ts";
import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import type { ResolveContext } from "../../../runtime/src/base/types.ts";

const REASON = new Error("over");

/** Rejects with the reason when its lifetime ends; never resolves. */
function endless(lifetime: Lifetime): Promise<never> {
  return new Promise((_, reject) => lifetime.onEnd(reject));
}

describe("the context of a resolver", () => {
  it("has the lifetime's signal, also in a copy", () => {
    const lifetime = new Lifetime();
    const context: ResolveContext = new Context(lifetime, "both");
    const copy = { ...context };
    lifetime.end(REASON);
    expect(copy.signal.reason).toBe(REASON);
  });

  it("leads back to its lifetime", async () => {
    const lifetime = new Lifetime();
    await Context.run(new Context(lifetime, 4), async (found) => expect(found).toBe(lifetime));
  });

  it("uses the signal of a copy, if that has another one", async () => {
    const own = new AbortController();
    const lifetime = new Lifetime();
    const context: ResolveContext = new Context(lifetime, 4);
    const work = Context.run({ ...context, signal: own.signal }, endless);
    own.abort(REASON);
    await expect(work).rejects.toBe(REASON);
    expect(lifetime.reason).toBeUndefined();
  });

  it("may be a foreign one: work follows its signal, aborted already or later", async () => {
    await expect(Context.run({ signal: AbortSignal.abort(REASON) }, endless)).rejects.toBe(REASON);
    const later = new AbortController();
    const work = Context.run({ signal: later.signal }, endless);
    later.abort("no error");
    await expect(work).rejects.toThrow("no error");
  });

  it("may have no signal: then only the work ends it", async () => {
    await expect(Context.run({}, async ({ reason }) => reason)).resolves.toBeUndefined();
  });

  it("leaves no listener on a signal when the work is done", async () => {
    const { signal } = new AbortController();
    const removed = vi.spyOn(signal, "removeEventListener");
    await expect(Context.run({ signal }, async () => "done")).resolves.toBe("done");
    await expect(Context.run({ signal }, () => Promise.reject(REASON))).rejects.toBe(REASON);
    expect(removed).toHaveBeenCalledTimes(2);
  });
});
