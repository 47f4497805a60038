import { describe, expect, it } from "vitest";

import { knownAddresses } from "../../../runtime/src/answers/addresses.ts";
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
