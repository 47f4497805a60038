import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { Lifetime } from "../../../runtime/src/base/time.ts";
import { Outage } from "../../../runtime/src/dial/outage.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";

const SHORTEST = 114;
const MINUTE = 60_000;
const OVER = new Error("over");
let clock: VirtualClock;
let lifetime: Lifetime;
let outage: Outage;

/** Dials that wait for their turn again after each look, which takes this many ms. @returns the looks: who, and when */
function waiting(dials: number, of = outage, takes = 0) {
  const looks: { dial: number; at: number }[] = [];
  const wait = async (dial: number): Promise<never> => {
    for (;;) {
      await of.turn(lifetime);
      looks.push({ dial, at: clock.now() });
      if (takes > 0) await new Promise<void>((done) => void clock.setTimeout(done, takes));
    }
  };
  for (let dial = 0; dial < dials; dial++) wait(dial).catch(() => {});
  return looks;
}

/** The time between two looks from now on. */
async function pauseOf(looks: readonly { at: number }[]): Promise<number> {
  const before = looks.length;
  await clock.advance(3_000);
  return (looks[before + 1]?.at ?? 0) - (looks[before]?.at ?? 0);
}

describe("the outage of a dialer", () => {
  beforeEach(() => {
    clock = new VirtualClock();
    lifetime = new Lifetime();
    outage = new Outage(clock, () => 1);
  });
  afterEach(() => {
    lifetime.end(OVER);
    clock.expectNoTimers();
  });

  it("lets one dial of a thousand look at a time, each in its turn", async () => {
    const looks = waiting(1_000);
    await clock.advance(4 * SHORTEST);
    expect(looks).toEqual([0, 1, 2, 3].map((dial) => ({ dial, at: (dial + 1) * SHORTEST })));
    const few = waiting(2, new Outage(clock, () => 1));
    await clock.advance(3 * SHORTEST);
    expect(few.map(({ dial }) => dial)).toEqual([0, 1, 0]);
  });

  it("lets a few look when there are new targets, and the others once one has connected", async () => {
    const looks = waiting(1_000);
    outage.changed();
    await clock.advance(1);
    expect(looks).toHaveLength(8);
    outage.connected();
    await clock.advance(1);
    expect(looks.length).toBeGreaterThanOrEqual(1_000);
  });

  it("lets all look when one has connected, in batches", async () => {
    const looks = waiting(1_000);
    await clock.advance(50);
    outage.connected();
    expect(clock.pending).toBe(2);
    await Promise.resolve();
    expect(looks.map(({ dial }) => dial)).toEqual(Array.from({ length: 16 }, (_, dial) => dial));
    await clock.advance(0);
    expect(new Set(looks.map(({ dial }) => dial)).size).toBe(1_000);
    // After that, one at a time again.
    const before = looks.length;
    await clock.advance(4 * SHORTEST);
    expect(looks.length - before).toBe(4);
  });

  it("lets all look when one has connected, also soon after a connection while none waited", async () => {
    outage.connected();
    await clock.advance(1_000);
    const looks = waiting(1_000);
    await clock.advance(1_000);
    outage.connected();
    await clock.advance(1);
    expect(looks.length).toBeGreaterThanOrEqual(1_000);
  });

  it("lets each look once for many connects that come together, and a few more for those during it", async () => {
    const looks = waiting(1_000);
    for (let ms = 0; ms < SHORTEST; ms++) {
      outage.connected();
      await clock.advance(1);
    }
    await clock.advance(SHORTEST - 2);
    expect(looks.length).toBeGreaterThanOrEqual(1_008);
    expect(looks.length).toBeLessThan(1_500);
  });

  it("lets few look again soon after a release, and more the more of them connect", async () => {
    const looks = waiting(1_000);
    outage.connected();
    await clock.advance(SHORTEST);
    /** How many look after so many connects. */
    const after = async (connects: number): Promise<number> => {
      const before = looks.length;
      for (let connected = 0; connected < connects; connected++) outage.connected();
      await clock.advance(SHORTEST - 2);
      return looks.length - before;
    };
    // Of a server that admits one client at a time, and of one that admits all.
    expect(await after(1)).toBeLessThan(16);
    expect(await after(1)).toBeLessThan(16);
    expect(await after(50)).toBeGreaterThan(90);
    // All of them, once there was no release for some seconds.
    await clock.advance(5_000);
    expect(await after(1)).toBeGreaterThanOrEqual(1_000);
  });

  it("does not release dials that have left, and leaves no timer of a release", async () => {
    const lifetimes = Array.from({ length: 100 }, () => new Lifetime());
    const ends = lifetimes.map((each) => outage.turn(each).catch(String));
    outage.connected();
    for (const each of lifetimes) each.end(OVER);
    expect(clock.pending).toBe(0);
    const left = (await Promise.all(ends)).filter((end) => typeof end === "string");
    expect(left).toHaveLength(84);
  });

  it("has longer pauses after a long wait, up to a second, and short ones after a success", async () => {
    const looks = waiting(3);
    expect(await pauseOf(looks)).toBe(SHORTEST);
    await clock.advance(MINUTE);
    expect(await pauseOf(looks)).toBeGreaterThan(600);
    await clock.advance(10 * MINUTE);
    expect(await pauseOf(looks)).toBe(1_000);
    outage.connected();
    await clock.advance(1_000);
    expect(await pauseOf(looks)).toBe(SHORTEST);
  });

  it("has short pauses again for a dial that comes after a time without any", async () => {
    const one = new Lifetime();
    outage.turn(one).catch(() => {});
    await clock.advance(10 * MINUTE);
    one.end(OVER);
    await clock.advance(6_000);
    expect(await pauseOf(waiting(1))).toBe(SHORTEST);
  });

  it("has a first pause of a random length, so that many processes do not look at the same moments", async () => {
    const looks = waiting(1, new Outage(clock, () => 0.5));
    await clock.advance(2 * SHORTEST);
    expect(looks.map(({ at }) => at)).toEqual([SHORTEST / 2, SHORTEST / 2 + SHORTEST]);
  });

  it("ends the wait of a dial with its lifetime, and leaves no timer when all have left", async () => {
    const lifetimes = [new Lifetime(), new Lifetime()] as const;
    const [first, second] = lifetimes.map((each) => outage.turn(each).catch(String));
    lifetimes[0].end(OVER);
    expect([await first, clock.pending]).toEqual(["Error: over", 1]);
    lifetimes[1].end(OVER);
    expect([await second, clock.pending]).toEqual(["Error: over", 0]);
    await expect(outage.turn(lifetimes[0])).rejects.toBe(OVER);
  });
});
