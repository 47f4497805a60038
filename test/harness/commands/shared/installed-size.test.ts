import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { installedSize } from "../../../../harness/commands/shared/installed-size.ts";

test("the size is that of all packages, and of those of CDKTF", async () => {
  const modules = mkdtempSync(join(tmpdir(), "modules-"));
  try {
    const before = await installedSize(modules);
    for (const name of ["@cdktf/provider-aws", "cdktf-cli", "vitest/lib"]) {
      mkdirSync(join(modules, name), { recursive: true });
      writeFileSync(join(modules, name, "index.js"), Buffer.alloc(2 ** 20, "x"));
    }
    const { all, cdktf } = await installedSize(modules);
    expect(before).toEqual({ all: 0, cdktf: 0 });
    expect(Math.round(all / 2 ** 20)).toBe(3);
    expect(Math.round(cdktf / 2 ** 20)).toBe(2);
  } finally {
    rmSync(modules, { recursive: true });
  }
});
