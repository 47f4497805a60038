import { describe, expect, it } from "vitest";
import { benchOptions } from "./options.ts";

const figures = ["warm", "cold"];

describe("the options of the bench", () => {
  it("without any measure everything, at length, as tables", () => {
    expect(benchOptions([], figures)).toEqual({ quick: false, json: false, check: false });
  });

  it("take one figure or several", () => {
    expect(benchOptions(["--only", "cold"], figures).only).toEqual(["cold"]);
    expect(benchOptions(["--only=cold", "--only=warm"], figures).only).toEqual(["cold", "warm"]);
  });

  it("refuse a figure that does not exist, and name those that do", () => {
    expect(() => benchOptions(["--only", "hot"], figures)).toThrow(
      /--only <name...>.*'hot' is invalid.*warm, cold/,
    );
  });

  it("refuse an option that does not exist", () => {
    expect(() => benchOptions(["--fast"], figures)).toThrow(
      /--fast.*allowed: --only, --quick, --json, --check, --help/,
    );
  });
});
