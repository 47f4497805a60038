import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";

const ROOT = fileURLToPath(new URL("../../../../", import.meta.url));
const COMMAND = "harness/commands/shared/environments.ts";

/** A copy of the repository, because environments.ts is read by its path. */
const folder = mkdtempSync(join(tmpdir(), "environments-"));
for (const file of [COMMAND, "command-line/error-text.ts"]) {
  mkdirSync(join(folder, dirname(file)), { recursive: true });
  copyFileSync(join(ROOT, file), join(folder, file));
}
copyFileSync(join(ROOT, "package.json"), join(folder, "package.json"));
symlinkSync(join(ROOT, "stacks"), join(folder, "stacks"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the environments.ts of the commands", () => {
  it("with a syntax error makes them exit with the line and column, without a stack", () => {
    writeFileSync(
      join(folder, "environments.ts"),
      "export const environments = {\n  dev: {{\n};\n",
    );
    const { status, stderr } = spawnSync(
      process.execPath,
      ["--import", import.meta.resolve("tsx"), COMMAND],
      { cwd: folder, encoding: "utf8", timeout: 60_000 },
    );
    expect([status, stderr]).toEqual([
      1,
      'error: environments.ts:2:9: Expected identifier but found "{"\n',
    ]);
  });
});
