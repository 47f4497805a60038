import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { Addresses } from "../../../runtime/src/answers/source.ts";
import type { SrvTarget } from "../../../runtime/src/base/types.ts";
import { asTheyCome, everyAddress, interleave } from "../../../runtime/src/dial/addresses.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";

/** How long IPv4 waits for IPv6 (RFC 8305, section 3). */
const RESOLUTION_DELAY = 50;
let clock: VirtualClock;

/** A lookup with a delay in ms. */
function after(ms: number, found: readonly string[] | Error): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    clock.after(ms, () => (found instanceof Error ? reject(found) : resolve(found)));
  });
}

/** Found addresses with the time at which they can be dialed, or the error. */
async function follow(lookups: readonly Promise<readonly string[]>[]) {
  const started = clock.now();
  const found: [number, readonly string[]][] = [];
  const following = asTheyCome(lookups, clock, (addresses) => {
    found.push([clock.now() - started, addresses]);
  });
  const failure = following.then(
    () => undefined,
    (error: unknown) => error ?? new Error("nothing was thrown as an error"),
  );
  await clock.advance(10_000);
  return { found, failure: await failure };
}

describe("asTheyCome", () => {
  beforeEach(() => {
    clock = new VirtualClock();
  });
  afterEach(() => {
    clock.expectNoTimers();
  });

  const [V6, V4] = [["::1"], ["127.0.0.1"]];
  const FAILED = new Error("servers failed");

  it.each<[string, [number, string[] | Error][], [number, string[]][]]>([
    ["one lookup", [[7, V6]], [[7, V6]]],
    [
      "IPv6 immediately if it arrives first",
      [
        [5, V6],
        [80, V4],
      ],
      [
        [5, V6],
        [80, V4],
      ],
    ],
    [
      "IPv6 first when it comes a moment later",
      [
        [40, V6],
        [5, V4],
      ],
      [
        [40, V6],
        [40, V4],
      ],
    ],
    [
      "IPv4 after the resolution delay",
      [
        [800, V6],
        [5, V4],
      ],
      [
        [5 + RESOLUTION_DELAY, V4],
        [800, V6],
      ],
    ],
    [
      "IPv4 immediately if there is no IPv6",
      [
        [5, []],
        [9, V4],
      ],
      [[9, V4]],
    ],
    [
      "IPv4 as soon as a reply shows that none is IPv6",
      [
        [20, []],
        [9, V4],
      ],
      [[20, V4]],
    ],
    [
      "IPv6 if there is no IPv4",
      [
        [20, V6],
        [9, []],
      ],
      [[20, V6]],
    ],
    [
      "IPv4 when IPv6 fails",
      [
        [20, FAILED],
        [9, V4],
      ],
      [[20, V4]],
    ],
    [
      "IPv6 when IPv4 fails",
      [
        [20, V6],
        [9, FAILED],
      ],
      [[20, V6]],
    ],
    [
      "nothing",
      [
        [20, []],
        [9, []],
      ],
      [],
    ],
    ["nothing without a lookup", [], []],
  ])("gives %s", async (_what, lookups, expected) => {
    const { found, failure } = await follow(lookups.map(([ms, each]) => after(ms, each)));
    expect(failure).toBeUndefined();
    expect(found).toEqual(expected);
  });

  it.each<[string, [number, string[] | Error][]]>([
    [
      "both fail",
      [
        [5, FAILED],
        [9, new Error("too")],
      ],
    ],
    [
      "one fails and the other finds nothing",
      [
        [5, []],
        [9, FAILED],
      ],
    ],
  ])("rejects with the first error when %s", async (_when, lookups) => {
    const { found, failure } = await follow(lookups.map(([ms, each]) => after(ms, each)));
    expect(found).toEqual([]);
    expect(failure).toBe(FAILED);
  });
});

describe("the wait for IPv6", () => {
  it("leaves no timer after IPv6 has arrived", async () => {
    clock = new VirtualClock();
    const lookups = [after(10, ["::1"]), after(5, ["127.0.0.1"])];
    const found: (readonly string[])[] = [];
    const following = asTheyCome(lookups, clock, (addresses) => found.push(addresses));
    await clock.advance(10);
    expect(clock.pending).toBe(0);
    await following;
    expect(found).toEqual([["::1"], ["127.0.0.1"]]);
  });
});

/** An address in the form of a resolver. */
function targetAt(host: string): SrvTarget {
  return { host, port: 1, priority: 0, weight: 0, ttl: 10 };
}

describe("everyAddress", () => {
  const [A, B] = [targetAt("a"), targetAt("b")];

  /** Addresses of one target. */
  async function everyOne(addresses: Addresses) {
    const [found] = await everyAddress([A], () => addresses);
    return found;
  }

  it("gives known and looked-up addresses, in the order to try them", async () => {
    const lookups = [Promise.resolve(["::1"]), Promise.resolve(["2.2.2.2"])];
    expect(await everyOne({ known: ["1.1.1.1"], lookups })).toEqual({
      target: A,
      addresses: ["::1", "1.1.1.1", "2.2.2.2"],
      error: undefined,
    });
  });

  it("gives the other addresses if a lookup fails, and the first error", async () => {
    const [first, second] = [new Error("first"), new Error("second")];
    const found = Promise.resolve<readonly string[]>([]);
    const known = ["1.1.1.1"];
    expect(await everyOne({ known, lookups: [Promise.reject(first), found] })).toEqual({
      target: A,
      addresses: known,
      error: first,
    });
    const failed = [found, Promise.reject(first), Promise.reject(second)];
    expect(await everyOne({ known: [], lookups: failed })).toEqual({
      target: A,
      addresses: [],
      error: first,
    });
  });

  it("gives nothing if there are no addresses", async () => {
    expect(await everyAddress([], () => ({ known: [], lookups: [] }))).toEqual([]);
    expect(await everyOne({ known: [], lookups: [] })).toEqual({
      target: A,
      addresses: [],
      error: undefined,
    });
  });

  it("keeps the order of the targets, regardless of which is found first", async () => {
    clock = new VirtualClock();
    const finding = everyAddress([A, B], ({ host }) => ({
      known: [],
      lookups: [host === "a" ? after(20, ["1.1.1.1"]) : after(10, ["2.2.2.2"])],
    }));
    await clock.advance(20);
    expect(await finding).toMatchObject([{ target: A }, { target: B }]);
  });

  it("looks up 32 hosts in parallel, and the next one as soon as one of them is done", async () => {
    clock = new VirtualClock();
    const asked: string[] = [];
    const targets = Array.from({ length: 40 }, (_, index) => targetAt(`${index}`));
    const finding = everyAddress(targets, ({ host }) => {
      asked.push(host);
      return { known: [], lookups: [after(host === "0" ? 10 : 1_000, ["1.1.1.1"])] };
    });
    expect(asked).toHaveLength(32);
    await clock.advance(10);
    expect(asked).toHaveLength(33);
    await clock.advance(2_000);
    expect((await finding).map(({ target }) => target)).toEqual(targets);
    expect(asked).toEqual(targets.map(({ host }) => host));
  });
});

describe("interleave", () => {
  it.each([
    [[], []],
    [["1.1.1.1"], ["1.1.1.1"]],
    [
      ["1.1.1.1", "::1"],
      ["::1", "1.1.1.1"],
    ],
    [
      ["1.1.1.1", "2.2.2.2", "3.3.3.3", "::1", "::2"],
      ["::1", "1.1.1.1", "::2", "2.2.2.2", "3.3.3.3"],
    ],
    [
      ["::1", "::2", "1.1.1.1"],
      ["::1", "1.1.1.1", "::2"],
    ],
  ])("makes %j to %j: IPv6 first, then alternating", (addresses, interleaved) => {
    expect(interleave(addresses)).toEqual(interleaved);
  });
});
