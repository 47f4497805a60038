import { beforeEach, describe, expect, it } from "vitest";

import { asTheyCome, knownAddresses } from "../../../runtime/src/answers/addresses.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";
import { target } from "../support/sources.ts";

const V4 = "10.0.0.1";
const V6 = "2001:db8::1";

const at = (host: string, addresses?: readonly string[]) =>
  target(6379, addresses === undefined ? { host } : { host, addresses });

describe("the addresses of a target that need no lookup", () => {
  it.each([
    ["an IP address as host", at(V4), { known: [V4], missing: [] }],
    ["localhost", at("localhost."), { known: ["::1", "127.0.0.1"], missing: [] }],
    ["a host without any", at("a.example"), { known: [], missing: [6, 4] }],
    ["those that came with the answer", at("a.example", [V4]), { known: [V4], missing: [] }],
    ["no name among them", at("a.example", ["b.example", V6]), { known: [V6], missing: [] }],
  ])("are those of %s", (_what, from, known) => {
    expect(knownAddresses(from, "both", false)).toEqual(known);
  });

  it("do not include the IP version that a partial answer is missing", () => {
    expect(knownAddresses(at("a.example", [V4]), "both", true)).toEqual({
      known: [V4],
      missing: [6],
    });
    expect(knownAddresses(at("a.example", [V4, V6]), "both", true).missing).toEqual([]);
    expect(knownAddresses(at("a.example", [V4]), 6, true)).toEqual({ known: [], missing: [6] });
  });

  it("are only of the requested IP version", () => {
    expect(knownAddresses(at(V4), 6, false)).toEqual({ known: [], missing: [] });
    expect(knownAddresses(at("localhost"), 4, false).known).toEqual(["127.0.0.1"]);
    expect(knownAddresses(at("a.example", [V4, V6]), 6, false).known).toEqual([V6]);
    expect(knownAddresses(at("a.example"), 4, false).missing).toEqual([4]);
  });
});

describe("the addresses that lookups find", () => {
  let clock: VirtualClock;
  beforeEach(() => {
    clock = new VirtualClock();
  });

  /** Two lookups, each as `milliseconds outcome`. @returns the addresses with the time at which they can be dialed */
  async function follow(...lookups: readonly string[]) {
    const found: string[] = [];
    const following = asTheyCome(
      lookups.map((lookup) => {
        const [ms, outcome = ""] = lookup.split(" ");
        return new Promise((resolve, reject) => {
          const settle = (): void =>
            outcome === "fails" ? reject(new Error(lookup)) : resolve(outcome ? [outcome] : []);
          clock.after(Number(ms), settle);
        });
      }),
      clock,
      (addresses) => found.push(`${clock.now()} ${addresses.join()}`),
    ).catch((error: Error) => found.push(`failed: ${error.message}`));
    await clock.advance(10_000);
    await following;
    clock.expectNoTimers();
    return found;
  }

  it.each([
    [
      "are given as they come if IPv6 comes first",
      ["5 ::1", "80 1.1.1.1"],
      ["5 ::1", "80 1.1.1.1"],
    ],
    ["have IPv6 first if it is 50 ms late", ["40 ::1", "5 1.1.1.1"], ["40 ::1", "40 1.1.1.1"]],
    ["have IPv4 first if IPv6 is later", ["800 ::1", "5 1.1.1.1"], ["55 1.1.1.1", "800 ::1"]],
    ["are given at once if there is no IPv6", ["5", "9 1.1.1.1"], ["9 1.1.1.1"]],
    ["wait only until it is known that none is IPv6", ["20", "9 1.1.1.1"], ["20 1.1.1.1"]],
    ["may be IPv6 only", ["20 ::1", "9"], ["20 ::1"]],
    ["do not include those of a failed IPv6 lookup", ["20 fails", "9 1.1.1.1"], ["20 1.1.1.1"]],
    ["do not include those of a failed IPv4 lookup", ["20 ::1", "9 fails"], ["20 ::1"]],
    [
      "are an error if one lookup fails and the other finds nothing",
      ["20 fails", "9"],
      ["failed: 20 fails"],
    ],
    ["may be none", ["20", "9"], []],
    ["may need one lookup, or none", ["7 ::1"], ["7 ::1"]],
  ])("%s", async (_how, lookups, expected) => {
    expect(await follow(...lookups)).toEqual(expected);
  });
});
