import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  committedLock,
  parseLock,
  readIfExists,
  renderLock,
} from "../../../stacks/providers/lock-file.ts";
import { toolOf } from "../../../stacks/providers/tool.ts";
import { lockText } from "../support/locks.ts";

const terraform = toolOf({});
const openTofu = toolOf({ TERRAFORM_BINARY_NAME: "tofu" });

/** Written by Terraform 1.11.4 for test packages. */
const recorded = readFileSync(join(import.meta.dirname, "terraform-1.11.lock.hcl"), "utf8");

describe("a lock file", () => {
  it("that is a folder is an error, not a missing file", () => {
    expect(readIfExists(join(import.meta.dirname, "nowhere"))).toBeUndefined();
    expect(() => readIfExists(import.meta.dirname)).toThrow("EISDIR");
  });

  it("is parsed, and written in Terraform's format", async () => {
    const lock = await parseLock(recorded, terraform);
    expect([...lock.providers.keys()]).toEqual([
      "registry.terraform.io/hashicorp/aws",
      "registry.terraform.io/hashicorp/random",
    ]);
    const withoutComment = recorded.replaceAll(/^#.*\n+/gm, "");
    expect(withoutComment.length).toBeGreaterThan(500);
    expect(renderLock(lock)).toBe(withoutComment);
  });

  it("may lack the constraints", async () => {
    const text = recorded.replaceAll(/^ +constraints .*\n/gm, "");
    expect(renderLock(await parseLock(text, terraform))).not.toContain("constraints");
  });

  it("is found in the repository for each tool", async () => {
    const root = mkdtempSync(join(tmpdir(), "locks-"));
    try {
      const file = join(root, openTofu.lockFile);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, lockText(openTofu));
      expect((await committedLock(openTofu, root))?.providers.size).toBe(2);
      expect(await committedLock(terraform, root)).toBeUndefined();
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });

  it.each<[string, (text: string) => string, RegExp]>([
    ["invalid HCL", (text) => `<<<<<<< HEAD\n${text}`, /\.terraform\.lock\.hcl:1,1/],
    ["no content", () => "", /file\.provider: expected /],
    [
      "a provider twice",
      (text) => text.replace("random", "aws"),
      /hashicorp\/aws: expected one block per provider/,
    ],
    [
      "no hashes",
      (text) => text.replaceAll(/^ +"h1:.*\n/gm, ""),
      /aws\.0\.hashes: expected at least one hash/,
    ],
    [
      "an invalid hash",
      (text) => text.replace(/"h1:[^"]*"/, '"latest"'),
      /hashes\.0: expected a hash that begins with h1: or zh:/,
    ],
    [
      "no version",
      (text) => text.replace('version     = "6.25.0"', ""),
      /aws\.0\.version: expected a version/,
    ],
    [
      "an expression",
      (text) => text.replace('version     = "6.25.0"', "version = var.version"),
      /aws\.0\.version: expected a version such as 6\.25\.0/,
    ],
    [
      "an unknown attribute",
      (text) => text.replace("constraints", "signature"),
      /aws\.0: expected only version, constraints and hashes/,
    ],
    [
      "an invalid address",
      (text) => text.replace("registry.terraform.io/hashicorp/aws", "aws"),
      /provider\.aws: expected .*addresses such as registry\.terraform\.io\/hashicorp\/aws/,
    ],
  ])("is refused with %s; the error names the file", async (_what, change, why) => {
    const changed = change(recorded);
    expect(changed).not.toBe(recorded);
    const refused = parseLock(changed, terraform);
    await expect(refused).rejects.toMatchObject({
      code: "ERR_LOCK_INVALID",
      message: expect.stringMatching(why) as string,
    });
    await expect(refused).rejects.toThrow(
      /^locks\/terraform\/\.terraform\.lock\.hcl is not a provider lock file: .*npm run lock$/s,
    );
  });
});
