import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { npmCommand } from "../../command-line/npm-command.ts";

const HOME = join(import.meta.dirname, "../..");

it("a command is found by npm in the folder of the user", async () => {
  expect(npmCommand("start", HOME)).toBe("npm start");
  expect(npmCommand("run local", join(HOME, "docs"))).toBe("npm run local");
  const folder = await mkdtemp(join(tmpdir(), "user-"));
  try {
    await writeFile(join(folder, "package.json"), "{}");
    for (const here of [folder, tmpdir(), join(HOME, "runtime")]) {
      const options = { cwd: here, env: { ...process.env, npm_config_prefix: undefined } };
      const line = `${npmCommand("run local", here)} -- --help`;
      const { stdout } = await promisify(execFile)("sh", ["-c", line], options);
      expect(stdout).toContain("--check");
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
