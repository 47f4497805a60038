import { expect, test } from "vitest";
import { soakOptions } from "../../../harness/commands/soak-options.ts";

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
