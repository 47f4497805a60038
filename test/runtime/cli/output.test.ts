import { afterEach, describe, expect, it, vi } from "vitest";

import {
  complain,
  describeError,
  formatDuration,
  formatJson,
  formatTable,
  print,
} from "../../../runtime/src/cli/output.ts";
import { SrvDialError } from "../../../runtime/src/index.ts";

const HOSTILE = "a\n\x1b[2J\x9b\x7f\u2028\u202e";
const ESCAPED = String.raw`a\010\027[2J\155\127\u{2028}\u{202e}`;

afterEach(() => {
  vi.restoreAllMocks();
});

describe("print and complain", () => {
  it("escape unprintable characters", () => {
    const stdout = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    print("one", HOSTILE);
    complain(HOSTILE);
    expect(stdout.mock.calls).toEqual([[`one\n${ESCAPED}\n`]]);
    expect(stderr.mock.calls).toEqual([[`${ESCAPED}\n`]]);
  });

  it("hide the password of a URL on stderr", () => {
    const stderr = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    complain("listen EACCES unix:redis://app:se@s/ame@a.b");
    expect(stderr.mock.calls).toEqual([["listen EACCES unix:redis://***@a.b\n"]]);
    const allowed = "Allowed: redis+srv://[user:password@]name[/db]";
    complain(allowed);
    expect(stderr).toHaveBeenLastCalledWith(`${allowed}\n`);
  });
});

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

  it("gives the stack of an unexpected error, in one line", () => {
    const described = describeError(new TypeError("x is not a function"));
    expect(described).toMatch(/^TypeError: x is not a function at .*output\.test\.ts.* at /);
    expect(described).not.toContain("\n");
    expect(describeError("a word")).toBe("a word");
  });
});

describe("formatTable", () => {
  it("pads every column except the last", () => {
    expect(formatTable(["A", "LONG"], [["wide", "x"]])).toEqual(["A     LONG", "wide  x"]);
  });

  it("includes escapes in the width", () => {
    expect(formatTable(["A", "B"], [["a\nb", "x"]])).toEqual(["A       B", String.raw`a\010b  x`]);
  });
});

describe("formatJson", () => {
  it("gives printable lines that parse to the same value", () => {
    const value = [{ host: `${HOSTILE}\u{e0041}`, ttl: 5 }];
    const lines = formatJson(value);
    expect(lines.join("")).toMatch(/^[\x20-\x7e]+$/);
    expect(JSON.parse(lines.join("\n"))).toEqual(value);
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
