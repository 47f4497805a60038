import { afterEach, describe, expect, it, vi } from "vitest";

import { complain, describeError, print } from "../../../runtime/src/cli/output.ts";
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
  it("puts the code of an SrvDialError before the message", () => {
    expect(describeError(new SrvDialError("ERR_SRV_NO_RECORDS", "a.b has none"))).toBe(
      "ERR_SRV_NO_RECORDS: a.b has none",
    );
    expect(describeError(new Error("not ready"))).toBe("not ready");
  });

  it("gives the stack of an unexpected error, in one line", () => {
    const described = describeError(new TypeError("x is not a function"));
    expect(described).toMatch(/^TypeError: x is not a function at .*output\.test\.ts.* at /);
    expect(described).not.toContain("\n");
    expect(describeError("a word")).toBe("a word");
  });
});
