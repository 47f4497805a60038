import { describe, expect, it } from "vitest";

import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";

/** Records what runs, and when. */
function notes(clock: VirtualClock) {
  const all: string[] = [];
  const note = (what: string) => (): void => void all.push(`${clock.now()} ${what}`);
  return { all, note };
}

describe("a virtual clock", () => {
  it("runs timers in order of their times, then of their creation", async () => {
    const clock = new VirtualClock();
    const { all, note } = notes(clock);
    clock.setTimeout(note("c"), 20);
    clock.setTimeout(note("a"), 10);
    clock.setTimeout(note("b"), 10);
    await clock.advance(15);
    expect([all, clock.now(), clock.pending]).toEqual([["10 a", "10 b"], 15, 1]);
    await clock.advance(5);
    expect([all, clock.pending]).toEqual([["10 a", "10 b", "20 c"], 0]);
  });

  it("continues promises between two times, and runs the timers that they create", async () => {
    const clock = new VirtualClock();
    const { all, note } = notes(clock);
    const wait = (ms: number): Promise<void> =>
      new Promise((resolve) => clock.setTimeout(resolve, ms));
    const work = wait(10)
      .then(() => wait(10))
      .then(note("work"));
    clock.setTimeout(note("timer"), 25);
    await clock.advance(30);
    await work;
    expect(all).toEqual(["20 work", "25 timer"]);
  });

  it("does not run a timer that another timer of the same time cleared", async () => {
    const clock = new VirtualClock();
    const { all, note } = notes(clock);
    clock.setTimeout(() => clear(), 10);
    const clear = clock.setTimeout(note("cleared"), 10);
    await clock.advance(20);
    clear();
    expect([all, clock.pending]).toEqual([[], 0]);
    expect(() => clock.expectNoTimers()).not.toThrow();
  });

  it("runs a timer after at least one millisecond, as Node.js, and other events after any time", () => {
    const clock = new VirtualClock();
    const { all, note } = notes(clock);
    clock.setTimeout(note("timer"), -5);
    clock.setTimeout(note("whole"), 2.9);
    clock.after(0, note("event"));
    clock.after(0.5, note("half"));
    clock.skip(5);
    expect(all).toEqual(["0 event", "0.5 half", "1 timer", "2 whole"]);
  });

  it("reports pending timers", () => {
    const clock = new VirtualClock();
    clock.setTimeout(() => {}, 1);
    expect(() => clock.expectNoTimers()).toThrow("1 timers are pending");
  });
});
