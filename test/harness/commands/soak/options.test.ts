import { expect, test } from "vitest";
import { commandOf, soakOptions } from "../../../../harness/commands/soak/options.ts";

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
