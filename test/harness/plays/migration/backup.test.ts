import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { backUp } from "../../../../harness/plays/migration/backup.ts";

describe("a backup of a live file system", () => {
  it("has manifests from before the change, files from after it, and their modes", async () => {
    const root = mkdtempSync(join(tmpdir(), "backup-"));
    try {
      const [from, to] = [join(root, "from"), join(root, "to")];
      mkdirSync(join(from, "dir"), { recursive: true });
      writeFileSync(join(from, "dir", "a.manifest"), "old");
      writeFileSync(join(from, "dir", "gone"), "old");
      writeFileSync(join(from, "data"), "old", { mode: 0o600 });
      await backUp(from, to, async () => {
        writeFileSync(join(from, "dir", "a.manifest"), "new");
        writeFileSync(join(from, "data"), "new");
        rmSync(join(from, "dir", "gone"));
      });
      expect(readFileSync(join(to, "dir", "a.manifest"), "utf8")).toBe("old");
      expect(readFileSync(join(to, "data"), "utf8")).toBe("new");
      expect(statSync(join(to, "data")).mode & 0o777).toBe(0o600);
      expect(() => statSync(join(to, "dir", "gone"))).toThrow(/ENOENT/);
    } finally {
      rmSync(root, { recursive: true });
    }
  });
});
