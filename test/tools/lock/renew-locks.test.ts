import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { renewLocks } from "../../../tools/lock/renew-locks.ts";
import { type Tool, toolOf } from "../../../stacks/providers/tool.ts";
import { lockText } from "../../stacks/support/locks.ts";
import { minimalEnvironment } from "../../stacks/support/template.ts";

const terraform = toolOf({});
const openTofu = toolOf({ TERRAFORM_BINARY_NAME: "tofu" });

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "renew-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A program that records its calls, writes this lock file, and exits with `status`. */
function stub(name: string, lock: string | undefined, status = 0): void {
  const lines = [
    "#!/bin/sh",
    `echo "${name} $*" >> ${folder}/calls`,
    `/bin/cp providers.tf.json ${folder}/${name}.tf.json`,
    `[ ! -e .terraform.lock.hcl ] || echo "not empty" >> ${folder}/calls`,
    ...(lock === undefined ? [] : [`/bin/cp ${folder}/${name}.hcl .terraform.lock.hcl`]),
    `exit ${status}`,
  ];
  writeFileSync(join(folder, `${name}.hcl`), lock ?? "");
  writeFileSync(join(folder, name), lines.join("\n"));
  chmodSync(join(folder, name), 0o755);
}

const fileOf = ({ lockFile }: Tool): string => join(folder, lockFile);
const read = (name: string): string => readFileSync(join(folder, name), "utf8");

function commit(tool: Tool, text: string): void {
  mkdirSync(dirname(fileOf(tool)), { recursive: true });
  writeFileSync(fileOf(tool), text);
}

async function renew(variables: Record<string, string> = {}): Promise<string[]> {
  const said: string[] = [];
  await renewLocks(
    { dev: minimalEnvironment },
    {
      root: folder,
      variables: { PATH: folder, ...variables },
      say: (line) => said.push(line),
      signal: new AbortController().signal,
    },
  );
  return said;
}

describe("npm run lock", () => {
  it("prints what to install if a tool is missing, and keeps its file", async () => {
    stub("terraform", lockText(terraform));
    commit(openTofu, "of before");
    expect(await renew()).toEqual([
      "OpenTofu: not on PATH. locks/opentofu/.terraform.lock.hcl was not written. Install: https://opentofu.org/docs/intro/install/",
      "locks/terraform/.terraform.lock.hcl: written, commit it",
    ]);
    expect(read(openTofu.lockFile)).toBe("of before");
  });

  it("fails if no lock file was written", async () => {
    await expect(renew()).rejects.toMatchObject({
      code: "ERR_LOCK_FAILED",
      message: "no lock file was written",
    });
  });

  it("replaces the lock of another version", async () => {
    stub("terraform", lockText(terraform));
    commit(terraform, lockText(terraform, { aws: "6.24.0", random: "3.9.0" }));
    await renew();
    expect(read(terraform.lockFile)).toBe(lockText(terraform));
  });

  it("refuses a package that changed without a new version", async () => {
    stub("terraform", lockText(terraform).replace('"h1:aws', '"h1:other'));
    commit(terraform, lockText(terraform));
    await expect(renew()).rejects.toThrow(
      "registry.terraform.io/hashicorp/aws 6.25.0: 1 of 2 locked hashes are missing. A package changed without a new version",
    );
    expect(read(terraform.lockFile)).toBe(lockText(terraform));
  });

  it.each<[string, string | undefined, string]>([
    ["no file", undefined, "the tool wrote no file"],
    [
      "the lock of another version",
      lockText(terraform, { aws: "6.25.0", random: "3.8.1" }),
      "hashicorp/random: required 3.9.0, locked 3.8.1",
    ],
  ])("fails if the tool writes %s", async (_what, lock, why) => {
    stub("terraform", lock);
    await expect(renew()).rejects.toThrow(why);
    expect(existsSync(fileOf(terraform))).toBe(false);
  });
});
