import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseCidr, subnet } from "../../../stacks/config/cidr.ts";

describe("parseCidr", () => {
  it("parses an IPv4 block", () => {
    expect(parseCidr("10.10.0.0/16")).toEqual({ network: 0x0a_0a_00_00, prefix: 16 });
    expect(parseCidr("255.255.255.255/32")).toEqual({ network: 0xff_ff_ff_ff, prefix: 32 });
    expect(parseCidr("0.0.0.0/0")).toEqual({ network: 0, prefix: 0 });
  });

  it.each(["10.10.0.1/16", "10.256.0.0/16", "10.0.0.0/33", "10.0.0/16", "10.0.0.0", "::/0", ""])(
    "refuses %j",
    (text) => {
      expect(parseCidr(text)).toBeUndefined();
    },
  );
});

describe("subnet", () => {
  it("returns a block by index", () => {
    const vpc = { network: 0x0a_0a_00_00, prefix: 16 };
    expect([0, 1, 7].map((index) => subnet(vpc, 3, index))).toEqual([
      "10.10.0.0/19",
      "10.10.32.0/19",
      "10.10.224.0/19",
    ]);
  });

  it("divides a block without gaps or overlaps", () => {
    fc.assert(
      fc.property(fc.nat(0xff_ff_ff), fc.integer({ min: 8, max: 24 }), (seed, prefix) => {
        const size = 2 ** (32 - prefix);
        const vpc = { network: Math.floor((seed * 251) / size) * size, prefix };
        const starts = Array.from({ length: 8 }, (_, index) => parseCidr(subnet(vpc, 3, index)));
        expect(starts).toEqual(
          starts.map((_, index) => ({
            network: vpc.network + index * (size / 8),
            prefix: prefix + 3,
          })),
        );
      }),
    );
  });
});
