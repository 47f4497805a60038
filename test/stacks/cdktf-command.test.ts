import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { lockText } from "./support/locks.ts";
import { temporaryProject } from "./support/project.ts";

const repository = join(import.meta.dirname, "../..");
const timeout = 120_000;

/** Runs `cdktf` with a stub of Terraform that records its calls. */
async function cdktf(
  args: readonly string[],
  lockOf?: typeof lockText,
): Promise<{ calls: { folder: string; call: string }[]; output: string }> {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-"));
  const terraform = join(folder, "terraform");
  const calls = join(folder, "calls");
  const outdir = join(folder, "out");
  try {
    writeFileSync(
      terraform,
      `#!/bin/sh
echo "$PWD $*" >> ${calls}
case "$1" in
  version) echo '{"terraform_version":"1.13.0"}' ;;
  output) echo '{}' ;;
esac
`,
    );
    chmodSync(terraform, 0o755);
    const { stdout, stderr } = await promisify(execFile)(
      join(repository, "node_modules/.bin/cdktf"),
      [...args, "--output", outdir],
      {
        cwd: temporaryProject(folder, lockOf),
        env: {
          ...process.env,
          TERRAFORM_BINARY_NAME: terraform,
          CHECKPOINT_DISABLE: "1",
          CI: "1",
        },
        timeout,
      },
    );
    const made = readFileSync(calls, "utf8")
      .trim()
      .split("\n")
      .map((line) => line.split(" "))
      .map(([where = "", ...call]) => ({
        folder: where.replace(`${outdir}/`, ""),
        call: call.join(" "),
      }))
      .filter(({ call }) => !/^(version|-v)/.test(call));
    return { calls: made, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("the cdktf command", () => {
  it(
    "plans one environment in its own folder, with the committed lock file",
    { timeout },
    async () => {
      const { calls } = await cdktf(["diff", "dev"], lockText);
      expect(new Set(calls.map(({ folder }) => folder))).toEqual(new Set(["stacks/dev"]));
      // Without an upgrade or a new lock file.
      expect(calls.map(({ call }) => call.split(" -", 1)[0])).toEqual(["init", "plan"]);
      expect(calls[0]?.call).not.toContain("-upgrade");
    },
  );

  it("deploys only one environment, without a lock file", { timeout }, async () => {
    const { calls, output } = await cdktf(["deploy", "dev", "--auto-approve"]);
    expect(output).toContain("note: locks/terraform/.terraform.lock.hcl is missing");
    expect(output).not.toContain("[ERROR]");
    expect(new Set(calls.map(({ folder }) => folder))).toEqual(new Set(["stacks/dev"]));
    expect(calls.map(({ call }) => call.split(" ")[0])).toEqual([
      "init",
      "providers",
      "apply",
      "output",
    ]);
  });
});
