import { execFileSync, spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const ROOT = join(import.meta.dirname, "../..");

test("a program that a test starts sees neither a terminal's nor a CI's variables", () => {
  const script = 'console.log(require("picocolors").green("plain"), process.env.CI ?? "no CI")';
  const output = execFileSync(process.execPath, ["-e", script], { cwd: ROOT, encoding: "utf8" });
  expect(output).toBe("plain no CI\n");
});

test.each([{ CI: "true" }, { FORCE_COLOR: "1" }, { FORCE_COLOR: "1", NO_COLOR: "1" }])(
  "they are the same when the caller sets %o",
  (variables) => {
    const vitest = join(ROOT, "node_modules/vitest/vitest.mjs");
    const args = ["run", "--project", "support", "test/support/environment.test.ts", "-t", "sees"];
    const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, ...args], {
      cwd: ROOT,
      env: { PATH: process.env["PATH"], REDIS_SERVER: process.env["REDIS_SERVER"], ...variables },
      encoding: "utf8",
      timeout: 60_000,
    });
    expect(status, stdout + stderr).toBe(0);
    expect(stdout).toContain("1 passed, 0 failed");
  },
);
