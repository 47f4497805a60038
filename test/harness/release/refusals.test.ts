import { describe, expect, it } from "vitest";
import type { ApiChange } from "../../../harness/release/api-changes.ts";
import { typeRefusals } from "../../../harness/release/refusals.ts";
import { isVersion } from "../../../harness/release/version.ts";

const gone: ApiChange = { level: "major", text: "srv-dialer: orderTargets is gone" };
const added: ApiChange = { level: "minor", text: "srv-dialer: pace is new" };

describe("the public types", () => {
  it.each<[string, string, readonly ApiChange[]]>([
    ["0.1.0", "0.2.0", [gone]],
    ["0.1.0", "1.0.0", [gone]],
    ["0.1.0", "0.1.1", [added]],
    ["1.2.3", "2.0.0", [gone, added]],
    ["1.2.3", "1.3.0", [added]],
    ["1.2.3", "1.2.4", []],
  ])("let %s be followed by %s after %j", (last, version, changes) => {
    expect(typeRefusals(version, last, changes)).toEqual([]);
  });

  it.each<[string, string, readonly ApiChange[], string]>([
    [
      "0.1.9",
      "0.1.10",
      [gone],
      "0.1.10 is too low: the public types change since 0.1.9, so the next version is 0.2.0 at least (srv-dialer: orderTargets is gone)",
    ],
    [
      "1.2.3",
      "1.3.0",
      [gone, added],
      "1.3.0 is too low: the public types change since 1.2.3, so the next version is 2.0.0 at least (srv-dialer: orderTargets is gone)",
    ],
    [
      "1.2.3",
      "1.2.4",
      [added],
      "1.2.4 is too low: the public types have something new since 1.2.3, so the next version is 1.3.0 at least (srv-dialer: pace is new)",
    ],
  ])("do not let %s be followed by %s after %j", (last, version, changes, sentence) => {
    expect(typeRefusals(version, last, changes)).toEqual([sentence]);
  });

  it("name ten changes, and how many more there are", () => {
    const many = Array.from({ length: 13 }, (_, at): ApiChange => ({ ...gone, text: `name${at}` }));
    expect(typeRefusals("0.1.1", "0.1.0", many)[0]).toMatch(/ \(name0; .*; name9; and 3 more\)$/);
  });
});

describe("a version", () => {
  it.each(["0.0.1", "1.2.3", "10.20.30"])("is %s", (text) => {
    expect(isVersion(text)).toBe(true);
  });

  it.each([
    "",
    "v1.2.3",
    "1.2",
    "1.2.3.4",
    "banana",
    "01.2.3",
    "1.2.3-rc.1",
    "1.2.3+4",
    " 1.2.3",
    "1.2.99999999999999999",
  ])("is not '%s'", (text) => {
    expect(isVersion(text)).toBe(false);
  });
});
