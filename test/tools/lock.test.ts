import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { temporaryProject } from "../stacks/support/project.ts";

const tools = join(import.meta.dirname, "../../tools");
let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lock-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A stub of Terraform: writes its arguments as the lock file, unless one exists, and ends with `status`. */
function stub(status = 0): string {
  const program = join(folder, "terraform");
  writeFileSync(
    program,
    `#!/bin/sh
cd "\${1#-chdir=}" && shift
test ! -e .terraform.lock.hcl || exit 3
echo "$*" > .terraform.lock.hcl
exit ${status}
`,
  );
  chmodSync(program, 0o755);
  return program;
}

function lock(project: string, program: string, ...args: string[]) {
  return promisify(execFile)("sh", [join(project, "tools/lock.sh"), ...args], {
    env: { ...process.env, TERRAFORM_BINARY_NAME: program },
    timeout: 120_000,
  });
}

describe("npm run lock --prefix tools", () => {
  it("writes the lock file of an environment for four platforms, also over an old one", async () => {
    const project = temporaryProject(folder);
    symlinkSync(tools, join(project, "tools"));
    const program = stub();
    for (const _ of ["new", "again"]) {
      expect((await lock(project, program, "stg")).stdout).toBe("locks/stg/.terraform.lock.hcl\n");
    }
    const written = readFileSync(join(project, "locks/stg/.terraform.lock.hcl"), "utf8");
    const platforms = written.match(/(?<=-platform=)\w+/g);
    expect(written).toMatch(/^providers lock /);
    expect(platforms).toEqual(["linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64"]);
  });
});
