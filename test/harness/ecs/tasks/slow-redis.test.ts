import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, it } from "vitest";
import { slowRedis } from "../../../../harness/ecs/tasks/slow-redis.ts";
import { imageFiles } from "../fixture/image-files.ts";

it("a slow server is a script before a copy of the image's, which a container could change", async () => {
  using files = imageFiles(["sh", "redis-server"]);
  const folder = mkdtempSync(path.join(tmpdir(), "slow-"));
  try {
    const mounts = await slowRedis(folder, files.root, "/usr/bin", 7);
    expect(mounts.map(({ at }) => at)).toEqual([
      "/.local-ecs/redis-server",
      "/usr/bin/redis-server",
    ]);
    expect(mounts.filter(({ file }) => !file.startsWith(folder))).toEqual([]);
    const [itself = "", script = ""] = mounts.map(({ file }) => readFileSync(file, "latin1"));
    expect(itself).toBe(readFileSync(path.join(files.root, "usr/bin/redis-server"), "latin1"));
    expect(script).toContain("--key-load-delay 7");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
