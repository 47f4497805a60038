import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

test("a child process has no variables of a terminal or CI", () => {
  const script = 'console.log(require("picocolors").green("plain"), process.env.CI ?? "no CI")';
  const output = execFileSync(process.execPath, ["-e", script], { cwd: ROOT, encoding: "utf8" });
  expect(output).toBe("plain no CI\n");
});
