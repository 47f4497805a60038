import { describe, expect, it } from "vitest";

import { parseOptions } from "./options.ts";

const figures = ["warm", "cold"];

describe("the options of the bench", () => {
  it("without any measure everything, at length, as tables", () => {
    expect(parseOptions([], figures)).toEqual({
      only: figures,
      quick: false,
      json: false,
      check: false,
    });
  });

  it("take one figure or several", () => {
    expect(parseOptions(["--only", "cold"], figures).only).toEqual(["cold"]);
    expect(parseOptions(["--only=cold", "--only=warm"], figures).only).toEqual(["cold", "warm"]);
  });

  it("refuse a figure that does not exist, and name those that do", () => {
    expect(() => parseOptions(["--only", "hot"], figures)).toThrow(
      "--only got hot; allowed: warm, cold",
    );
  });

  it("refuse an option that does not exist", () => {
    expect(() => parseOptions(["--fast"], figures)).toThrow(/--fast.*\nnpm run bench/s);
  });
});
