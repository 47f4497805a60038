import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { tryIsolation } from "../../../../harness/ecs/machine/platform.ts";
import { inSandbox } from "../../../../harness/ecs/machine/sandbox.ts";

describe("a sandbox", () => {
  it("mounts files over others, read-only", async () => {
    const { pidNamespaces } = await tryIsolation({});
    const folder = await mkdtemp(path.join(tmpdir(), "sandbox-"));
    const [file, at] = [path.join(folder, "own"), path.join(folder, "machine's")];
    try {
      await writeFile(file, "own\n");
      await writeFile(at, "machine's\n");
      const first = pidNamespaces ? ("program" as const) : undefined;
      const script = 'cat "$0"; (echo more >> "$0") 2>/dev/null || echo refused';
      const sandbox = { first, files: [{ file, at }] };
      const [program = "", ...words] = inSandbox(["/bin/sh", "-c", script, at], sandbox);
      const { stdout } = await promisify(execFile)(program, words);
      expect(stdout).toBe(pidNamespaces ? "own\nrefused\n" : "machine's\n");
      expect(await readFile(file, "utf8")).toBe("own\n");
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it("is not used if it is turned off", async () => {
    const { users, pidNamespaces } = await tryIsolation({ users: false, pidNamespaces: false });
    expect([users, pidNamespaces]).toEqual([false, false]);
  });
});
