import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");

/** Every shell script of the repository, by its first line. */
function scripts(): string[] {
  const folders = [".ci", ".devcontainer", "modules", "stacks", "tools", "examples"];
  return folders
    .flatMap((folder) => filesIn(folder))
    .filter((file) =>
      /^#!.*\b(?:ba)?sh$/m.test(readFileSync(join(ROOT, file), "utf8").slice(0, 40)),
    );
}

function filesIn(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "node_modules" ? [] : filesIn(path);
    return entry.isFile() ? [path] : [];
  });
}

it("ShellCheck has no findings in any script", async () => {
  const found = scripts();
  expect(found).toEqual(
    expect.arrayContaining([
      ".ci/run",
      "modules/redis/scripts/start.sh",
      "modules/redis/scripts/health.sh",
      "modules/redis/scripts/backup-copy.sh",
    ]),
  );
  const run = promisify(execFile)(
    process.env["SHELLCHECK"] ?? "",
    ["--severity=warning", ...found],
    { cwd: ROOT },
  );
  // Its findings are in the standard output of the error.
  await expect(run.catch((error: { stdout?: string }) => error)).resolves.toMatchObject({
    stdout: "",
  });
});
