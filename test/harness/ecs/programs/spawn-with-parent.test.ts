import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { expect, it, vi } from "vitest";
import { spawnWithParent } from "../../../../harness/ecs/programs/spawn-with-parent.ts";

it("does not use the setpriv of BusyBox", async () => {
  const folder = mkdtempSync(join(tmpdir(), "busybox-"));
  try {
    writeFileSync(join(folder, "busybox"), "#!/bin/sh\nexit 1\n", { mode: 0o755 });
    symlinkSync("busybox", join(folder, "setpriv"));
    vi.stubEnv("PATH", `${folder}${delimiter}${process.env["PATH"]}`);
    const child = spawnWithParent(process.execPath, ["--version"]);
    await expect(once(child, "exit")).resolves.toEqual([0, null]);
  } finally {
    vi.unstubAllEnvs();
    rmSync(folder, { recursive: true });
  }
});
