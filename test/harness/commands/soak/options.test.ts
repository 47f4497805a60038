import { expect, test } from "vitest";
import { commandOf, soakOptions } from "../../../../harness/commands/soak/options.ts";

test("without arguments, a soak takes a minute, with a random seed and the environment's settings", () => {
  const options = soakOptions([]);
  expect(options.length).toEqual({ minutes: 1 });
  expect(options.seed).toBeUndefined();
  expect(options.appendfsync).toBeUndefined();
  expect(options.defect).toBeUndefined();
});

test("its length is a number of minutes or moves", () => {
  expect(soakOptions(["--minutes", "90"]).length).toEqual({ minutes: 90 });
  expect(soakOptions(["--moves", "1000"]).length).toEqual({ moves: 1_000 });
});

test("0 is a seed", () => {
  expect(soakOptions(["--seed", "0"]).seed).toBe(0);
});

test("the command that repeats a soak has its defect", () => {
  const args = ["--moves", "3", "--appendfsync", "always", "--defect", "no-lock"];
  expect(commandOf(soakOptions(args), 7)).toBe(
    "npm run soak -- --moves 3 --seed 7 --appendfsync always --defect no-lock",
  );
  expect(commandOf(soakOptions([]), 7)).toBe("npm run soak -- --minutes 1 --seed 7");
});

test("--results is refused with --defect", () => {
  expect(() => soakOptions(["--results", "--defect", "no-lock"])).toThrow(
    "--results: not allowed with --defect",
  );
  expect(soakOptions(["--results"]).results).toBe(true);
});
