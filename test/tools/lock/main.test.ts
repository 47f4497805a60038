import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../../", import.meta.url));

it("npm run lock exits with 1 without a tool, and prints what to install", () => {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "tools/lock/main.ts", "environments.ts"],
    { cwd: ROOT, encoding: "utf8", timeout: 60_000, env: { PATH: "/nowhere" } },
  );
  expect([status, stderr]).toEqual([1, "error: no lock file was written\n"]);
  expect(stdout).toMatch(/^Terraform: not on PATH\. .*\nOpenTofu: not on PATH\. .*\n$/);
});
