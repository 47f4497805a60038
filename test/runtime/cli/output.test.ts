import { describe, expect, it } from "vitest";

import { describeError, formatDuration, formatTable } from "../../../runtime/src/cli/output.ts";
import { SrvDialError } from "../../../runtime/src/index.ts";

describe("describeError", () => {
  it("puts the code before the message, once", () => {
    const refused = Object.assign(new Error("connect ECONNREFUSED 127.0.0.1:1"), {
      code: "ECONNREFUSED",
    });
    const denied = Object.assign(new Error("permission denied"), { code: "EACCES" });

    expect(describeError(new SrvDialError("ERR_SRV_NO_RECORDS", "a.b has none"))).toBe(
      "ERR_SRV_NO_RECORDS: a.b has none",
    );
    expect(describeError(refused)).toBe("connect ECONNREFUSED 127.0.0.1:1");
    expect(describeError(denied)).toBe("EACCES: permission denied");
    expect(describeError(new AggregateError([refused, denied]))).toBe(
      "connect ECONNREFUSED 127.0.0.1:1; EACCES: permission denied",
    );
  });

  it("gives the stack of what was not foreseen", () => {
    expect(describeError(new TypeError("x is not a function"))).toMatch(/TypeError: x.*\n +at /);
    expect(describeError("a word")).toBe("a word");
  });
});

describe("formatTable", () => {
  it("pads every column but the last", () => {
    expect(formatTable(["A", "LONG"], [["wide", "x"]])).toBe("A     LONG\nwide  x");
  });
});

describe("formatDuration", () => {
  it("has a decimal below 100 ms", () => {
    expect([0.04, 3.26, 99.9, 100, 1234.5].map(formatDuration)).toEqual([
      "0.0 ms",
      "3.3 ms",
      "99.9 ms",
      "100 ms",
      "1235 ms",
    ]);
  });
});
