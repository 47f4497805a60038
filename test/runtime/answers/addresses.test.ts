import { afterEach, beforeEach, describe, expect, it } from "vitest";

import { asTheyCome, interleave } from "../../../runtime/src/answers/addresses.ts";
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
