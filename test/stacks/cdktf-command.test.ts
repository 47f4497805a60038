import { execFile } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { temporaryProject } from "./support/project.ts";

const repository = join(import.meta.dirname, "../..");
const timeout = 120_000;

/** A lock file of the providers that the stacks require. The hashes are fake: no test downloads providers. */
const LOCK = Object.entries({ aws: "6.25.0", random: "3.9.0" })
  .map(
    ([name, version]) => `provider "registry.terraform.io/hashicorp/${name}" {
  version     = "${version}"
  constraints = "${version}"
  hashes = [
    "zh:${"0".repeat(64)}",
  ]
}
`,
  )
  .join("\n");

/** Runs `cdktf` with a stub of Terraform that records its calls. */
async function cdktf(
  args: readonly string[],
  lock?: string,
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
    if (lock !== undefined) {
      mkdirSync(join(outdir, "stacks/dev"), { recursive: true });
      writeFileSync(join(outdir, "stacks/dev/.terraform.lock.hcl"), lock);
    }
    const { stdout, stderr } = await promisify(execFile)(
      join(repository, "node_modules/.bin/cdktf"),
      [...args, "--output", outdir],
      {
        cwd: temporaryProject(folder),
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
  it("plans one environment in its own folder, with the lock file in it", { timeout }, async () => {
    const { calls } = await cdktf(["diff", "dev"], LOCK);
    expect(new Set(calls.map(({ folder }) => folder))).toEqual(new Set(["stacks/dev"]));
    // Without an upgrade or a new lock file.
    expect(calls.map(({ call }) => call.split(" -", 1)[0])).toEqual(["init", "plan"]);
    expect(calls[0]?.call).not.toContain("-upgrade");
  });

  it("deploys only one environment, without a lock file", { timeout }, async () => {
    const { calls, output } = await cdktf(["deploy", "dev", "--auto-approve"]);
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
