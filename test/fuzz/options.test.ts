import { describe, expect, it } from "vitest";
import { parseOptions } from "./options.ts";

const known = ["dns-codec", "urls"];

describe("the options of fuzz", () => {
  it("are every target, each with its own count of inputs", () => {
    expect(parseOptions([], known)).toEqual({ inputs: undefined, seed: 1, targets: known });
  });

  it("take a count, a seed, and targets in the order in which they run", () => {
    const args = ["--inputs", "10", "--seed=7", "--target", "urls", "--target", "dns-codec"];
    expect(parseOptions(args, known)).toEqual({ inputs: 10, seed: 7, targets: known });
  });

  it.each([
    [["--target", "dns"], "--target got dns; allowed: dns-codec, urls"],
    [["--inputs", "0"], "--inputs got 0; allowed: a whole number from 1 to 1000000000"],
    [["--inputs", "1e3"], "--inputs got 1e3; allowed: a whole number"],
    [["--seed", "-1"], /seed/],
    [
      ["--seed", "4294967296"],
      "--seed got 4294967296; allowed: a whole number from 0 to 4294967295",
    ],
    [["--quick"], /--quick[^]*npm run fuzz -- \[--inputs N\]/],
  ])("refuse %j and say what is allowed", (args, message) => {
    expect(() => parseOptions(args, known)).toThrow(message);
  });
});
