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
    const args = "--only storm --only moves --clients 50 --gap 30 --propagation 0 --most 10";
    expect(simulateOptions(args.split(" "))).toMatchObject({
      only: ["storm", "moves"],
      clients: [50],
      gap: 30_000,
      propagation: 0,
      most: 10,
    });
  });

  it.each([
    ["--only everything", "--only got everything; allowed: storm, moves, hosts"],
    ["--clients 0", "--clients got 0; allowed: a whole number from 1 to 1000000"],
    ["--clients many", "--clients got many; allowed: a whole number"],
    ["--gap 1.5", "--gap got 1.5; allowed: a whole number from 1 to 3600"],
    ["--seed -1", "seed"],
    ["--fast", "npm run simulate -- [options]"],
  ])("refuse %s and say what is allowed", (args, message) => {
    expect(() => simulateOptions(args.split(" "))).toThrow(message);
  });
});
