import { describe, expect, it } from "vitest";
import { parseLock } from "../../../stacks/providers/lock-file.ts";
import { locksFor } from "../../../stacks/providers/locks-for.ts";
import type { RootModule } from "../../../stacks/providers/required-providers.ts";
import { tools, toolOf } from "../../../stacks/providers/tool.ts";
import { lockText } from "../support/locks.ts";

const terraform = toolOf({});

const sources = {
  aws: { source: "hashicorp/aws", version: "6.25.0" },
  random: { source: "hashicorp/random", version: "3.9.0" },
};

const requiring = (required_providers: RootModule["terraform"]["required_providers"]) => ({
  terraform: { required_providers },
});

const both = new Map([
  [{ name: "dev" }, requiring(sources)],
  [{ name: "prod" }, requiring(sources)],
]);

describe("the lock of a module", () => {
  it.each(tools)("has only the providers that it requires, for $name", async (tool) => {
    const modules = new Map([
      [{ name: "dev" }, requiring(sources)],
      [{ name: "external" }, requiring({ aws: sources.aws })],
    ]);
    const locks = locksFor(modules, await parseLock(lockText(tool), tool));
    const addresses = [...locks].map(([{ name }, { providers }]) => [name, ...providers.keys()]);
    const { registry } = tool;
    expect(addresses).toEqual([
      ["dev", `${registry}/hashicorp/aws`, `${registry}/hashicorp/random`],
      ["external", `${registry}/hashicorp/aws`],
    ]);
  });

  it("is refused with another version; the error has file, environments, versions and remedy", async () => {
    const lock = await parseLock(
      lockText(terraform, { aws: "6.25.0", random: "3.8.1" }),
      terraform,
    );
    expect(() => locksFor(both, lock)).toThrow(
      expect.objectContaining({
        code: "ERR_LOCK_STALE",
        message: `locks/terraform/.terraform.lock.hcl does not match the stacks; nothing was written:
  dev, prod: registry.terraform.io/hashicorp/random: required 3.9.0, locked 3.8.1
run npm run lock to update it; this needs Terraform (docs/providers.md)`,
      }),
    );
  });

  it("is refused without a required provider", async () => {
    const lock = await parseLock(lockText(terraform, { aws: "6.25.0" }), terraform);
    expect(() => locksFor(both, lock)).toThrow(
      "dev, prod: registry.terraform.io/hashicorp/random: required 3.9.0, not in the file",
    );
  });

  it("is refused with a version range", async () => {
    const text = lockText(terraform).replace('constraints = "3.9.0"', 'constraints = "~> 3.7"');
    const lock = await parseLock(text, terraform);
    expect(() => locksFor(both, lock)).toThrow(
      "random: required 3.9.0, locked for the constraints ~> 3.7",
    );
  });

  it("is refused if it is the other tool's", async () => {
    const [, openTofu = terraform] = tools;
    const lock = await parseLock(lockText(openTofu), terraform);
    expect(() => locksFor(both, lock)).toThrow(/aws: required 6\.25\.0, not in the file/);
  });
});
