import { describe, expect, it } from "vitest";

import { toldAddresses } from "../../../runtime/src/answers/told-addresses.ts";
import { target } from "../support/sources.ts";

const V4 = "10.0.0.1";
const V6 = "2001:db8::1";

const at = (host: string, addresses?: readonly string[]) =>
  target(6379, addresses === undefined ? { host } : { host, addresses });

describe("the addresses of a target that need no lookup", () => {
  it.each([
    ["an IP address as host", at(V4), { told: [V4], missing: [] }],
    ["localhost", at("localhost."), { told: ["::1", "127.0.0.1"], missing: [] }],
    ["a host without any", at("a.example"), { told: [], missing: [6, 4] }],
    ["those that came with the answer", at("a.example", [V4]), { told: [V4], missing: [] }],
    ["no name among them", at("a.example", ["b.example", V6]), { told: [V6], missing: [] }],
  ])("are told of %s", (_what, from, told) => {
    expect(toldAddresses(from, "both", false)).toEqual(told);
  });

  it("lack the families that a partial answer does not have", () => {
    expect(toldAddresses(at("a.example", [V4]), "both", true)).toEqual({
      told: [V4],
      missing: [6],
    });
    expect(toldAddresses(at("a.example", [V4, V6]), "both", true).missing).toEqual([]);
    expect(toldAddresses(at("a.example", [V4]), 6, true)).toEqual({ told: [], missing: [6] });
  });

  it("are of the family asked for alone", () => {
    expect(toldAddresses(at(V4), 6, false)).toEqual({ told: [], missing: [] });
    expect(toldAddresses(at("localhost"), 4, false).told).toEqual(["127.0.0.1"]);
    expect(toldAddresses(at("a.example", [V4, V6]), 6, false).told).toEqual([V6]);
    expect(toldAddresses(at("a.example"), 4, false).missing).toEqual([4]);
  });
});
