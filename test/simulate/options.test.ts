import { describe, expect, it } from "vitest";

import { PARTS, simulateOptions } from "./options.ts";

describe("the options of the simulation", () => {
  it("are those of the whole when none is given, and only then are figures written", () => {
    expect(simulateOptions([])).toEqual({
      only: PARTS,
      clients: [10, 200, 1_000, 100_000],
      seed: 1,
      most: 2_000,
      gap: 15_000,
      propagation: 5_000,
      isWhole: true,
    });
    expect(simulateOptions(["--seed", "1"]).isWhole).toBe(false);
  });

  it("take parts and sizes, in seconds where people say seconds", () => {
    const args =
      "--only storm --only moves --clients 50 --clients 7 --gap 30 --propagation 0 --most 10";
    expect(simulateOptions(args.split(" "))).toMatchObject({
      only: ["storm", "moves"],
      clients: [50, 7],
      gap: 30_000,
      propagation: 0,
      most: 10,
    });
  });

  it.each([
    ["--only everything", /--only <part...>.*'everything' is invalid.*storm, moves, hosts/],
    ["--clients 0", /--clients.*'0' is invalid.*a whole number from 1 to 1000000/],
    ["--clients many", /--clients.*'many' is invalid.*a whole number/],
    ["--gap 1.5", /--gap.*'1.5' is invalid.*a whole number from 1 to 3600/],
    ["--seed -1", /--seed.*'-1' is invalid/],
    ["--fast", /--fast.*allowed: --only, --clients/],
  ])("refuse %s and say what is allowed", (args, message) => {
    expect(() => simulateOptions(args.split(" "))).toThrow(message);
  });
});
