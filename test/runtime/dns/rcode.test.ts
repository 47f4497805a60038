import { describe, expect, it } from "vitest";

import { rcodeName } from "../../../runtime/src/dns/rcode.ts";

describe("rcodeName", () => {
  it("names the codes that are known, and numbers the others", () => {
    expect([0, 2, 3, 5, 16, 9].map(rcodeName)).toEqual([
      "NOERROR",
      "SERVFAIL",
      "NXDOMAIN",
      "REFUSED",
      "BADVERS",
      "rcode 9",
    ]);
  });
});
