import { describe, expect, it } from "vitest";
import { fuzzOptions } from "./options.ts";

const known = ["dns-codec", "urls"];

describe("the options of fuzz", () => {
  it("are every target, each with its own count of inputs", () => {
    expect(fuzzOptions([], known)).toEqual({ seed: 1 });
  });

  it("take a count, a seed, and targets", () => {
    const args = ["--inputs", "10", "--seed=7", "--target", "urls", "--target", "dns-codec"];
    expect(fuzzOptions(args, known)).toEqual({
      inputs: 10,
      seed: 7,
      target: ["urls", "dns-codec"],
    });
  });

  it.each([
    [["--target", "dns"], /--target <name...>.*'dns' is invalid.*dns-codec, urls/],
    [["--inputs", "0"], /--inputs.*'0' is invalid.*a whole number from 1 to 1000000000/],
    [["--inputs", "1e3"], /--inputs.*'1e3' is invalid.*a whole number/],
    [["--seed", "-1"], /--seed.*'-1' is invalid/],
    [["--seed", "4294967296"], /--seed.*a whole number from 0 to 4294967295/],
    [["--quick"], /--quick.*allowed: --inputs, --seed, --target, --help/],
  ])("refuse %j and say what is allowed", (args, message) => {
    expect(() => fuzzOptions(args, known)).toThrow(message);
  });
});
