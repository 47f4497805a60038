import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { dropLocks } from "../../../../harness/ecs/machine/file-locks.ts";

const flock = "/usr/bin/flock";

describe("a lock that is dropped", () => {
  it("is free for other processes while its process runs, and the file has the same owner and mode", async () => {
    const folder = mkdtempSync(join(tmpdir(), "locks-"));
    const file = join(folder, "lock");
    writeFileSync(file, "", { mode: 0o640 });
    const full = join(folder, "full");
    writeFileSync(full, "text");
    const other = join(folder, "unlocked");
    writeFileSync(other, "");
    const script = `exec 9<>${file} 8<>${other} 7<>${full}; ${flock} 9; ${flock} 7; echo; exec sleep 60`;
    const holder = spawn("/bin/sh", ["-c", script], { detached: true });
    try {
      await once(holder.stdout, "data");
      const before = statSync(file);
      const untouched = statSync(other).ino;
      const tries = async (): Promise<unknown> =>
        (await once(spawn(flock, ["-n", file, "true"]), "exit"))[0];
      expect(await tries()).toBe(1);

      await dropLocks([Number(holder.pid)], [{ at: "/nowhere", folder: "/nowhere" }]);
      expect(await tries()).toBe(1);
      await dropLocks([Number(holder.pid)], [{ at: folder, folder }]);
      expect(await tries()).toBe(0);
      expect(holder.exitCode).toBeNull();
      expect(statSync(file)).toMatchObject({ uid: before.uid, gid: before.gid, mode: before.mode });
      expect(readFileSync(full, "utf8")).toBe("text");
      expect((await once(spawn(flock, ["-n", full, "true"]), "exit"))[0]).toBe(1);
      expect(statSync(other).ino).toBe(untouched);
      expect(readdirSync(folder)).toEqual(["full", "lock", "unlocked"]);
    } finally {
      process.kill(-Number(holder.pid), "SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("is kept on a pipe", async () => {
    const folder = mkdtempSync(join(tmpdir(), "locks-"));
    const pipe = join(folder, "pipe");
    execFileSync("/usr/bin/mkfifo", [pipe]);
    const holder = spawn("/bin/sh", ["-c", `exec 9<>${pipe}; ${flock} 9; echo; exec sleep 60`], {
      detached: true,
    });
    try {
      await once(holder.stdout, "data");
      await dropLocks([Number(holder.pid)], [{ at: folder, folder }]);
      expect(statSync(pipe).isFIFO()).toBe(true);
      expect(readdirSync(folder)).toEqual(["pipe"]);
    } finally {
      process.kill(-Number(holder.pid), "SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
