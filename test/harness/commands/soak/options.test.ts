import { expect, test } from "vitest";
import { commandOf, soakOptions } from "../../../../harness/commands/soak/options.ts";

test("without arguments a soak takes a minute, with a new seed, as the environment is", () => {
  const options = soakOptions([]);
  expect(options.length).toEqual({ minutes: 1 });
  expect(options.seed).toBeUndefined();
  expect(options.appendfsync).toBeUndefined();
  expect(options.defect).toBeUndefined();
});

test("it is as long as so many minutes or so many moves", () => {
  expect(soakOptions(["--minutes", "90"]).length).toEqual({ minutes: 90 });
  expect(soakOptions(["--moves", "1000"]).length).toEqual({ moves: 1_000 });
});

test("the seed 0 is one", () => {
  expect(soakOptions(["--seed", "0"]).seed).toBe(0);
});

test("the command that plays it again has what was broken on purpose", () => {
  const args = ["--moves", "3", "--appendfsync", "always", "--defect", "no-lock"];
  expect(commandOf(soakOptions(args), 7)).toBe(
    "npm run soak -- --moves 3 --seed 7 --appendfsync always --defect no-lock",
  );
  expect(commandOf(soakOptions([]), 7)).toBe("npm run soak -- --minutes 1 --seed 7");
});

test("what is broken on purpose is no result", () => {
  expect(() => soakOptions(["--results", "--defect", "no-lock"])).toThrow(
    "--results: what --defect breaks on purpose is no result",
  );
  expect(soakOptions(["--results"]).results).toBe(true);
});
