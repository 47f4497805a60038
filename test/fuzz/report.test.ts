import { describe, expect, it } from "vitest";
import { figuresFor, renderReport } from "./report.ts";

const good = { name: "urls", inputs: 10, seconds: 2, figures: { accepted: 4 }, failures: [] };
const bad = {
  name: "dns-codec",
  inputs: 20,
  seconds: 3,
  figures: {},
  failures: [{ input: "2a2a", what: "TypeError: x" }],
};

describe("the report of fuzz", () => {
  it("has a row and the figures of each target, and each failure with its input", () => {
    const text = renderReport([good, bad]);
    expect(text).toMatch(/urls +│ 10 +│ 2 +│ 0 /);
    expect(text).toMatch(/dns-codec +│ 20 +│ 3 +│ 1 /);
    expect(text).toContain("urls: accepted 4\n");
    expect(text).not.toMatch(/^dns-codec:/m);
    expect(text).toContain("FAILED dns-codec: TypeError: x\n  input: 2a2a\n");
  });

  it("is kept with the seed, from which the inputs come", () => {
    expect(figuresFor([good], 7)).toEqual({
      seed: 7,
      urls: { inputs: 10, seconds: 2, failures: 0, accepted: 4 },
    });
  });
});
