import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import {
  checkProgram,
  makeWorkingDirectory,
} from "../../../../harness/ecs/tasks/container-program.ts";

/** A folder with a program, a file that is not executable, and a folder. */
async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), "program-"));
  try {
    await mkdir(path.join(folder, "folder"));
    for (const name of ["program", "file"]) await writeFile(path.join(folder, name), "#!/bin/sh\n");
    await chmod(path.join(folder, "program"), 0o755);
    await use(folder);
  } finally {
    await rm(folder, { recursive: true });
  }
}

describe("checkProgram", () => {
  it("finds a name on the PATH, and a path from the working directory", () =>
    withFolder(async (folder) => {
      await expect(checkProgram("program", `/nowhere:${folder}`, "/")).resolves.toBeUndefined();
      await expect(checkProgram("./program", "", folder)).resolves.toBeUndefined();
      const whole = path.join(folder, "program");
      await expect(checkProgram(whole, "", "/")).resolves.toBeUndefined();
    }));

  it.each([
    ["nothing", "executable file not found in $PATH"],
    ["file", "executable file not found in $PATH"],
    ["folder", "executable file not found in $PATH"],
    ["", "executable file not found in $PATH"],
    ["./nothing", "stat ./nothing: no such file or directory"],
    ["./file", "permission denied"],
    ["./folder", "is a directory"],
  ])("refuses %j with the message of Docker", (name, why) =>
    withFolder((folder) =>
      expect(checkProgram(name, folder, folder)).rejects.toThrow(
        `exec: ${JSON.stringify(name)}: ${why}`,
      ),
    ),
  );
});

describe("makeWorkingDirectory", () => {
  it("makes a missing one in a volume, but not where a link or a path leads out of it", () =>
    withFolder(async (folder) => {
      const [volume, victim] = [path.join(folder, "volume"), path.join(folder, "folder")];
      await mkdir(volume);
      await symlink(victim, path.join(volume, "link"));
      const view = { mounts: [{ path: "/data", folder: volume, readOnly: false }] };
      await makeWorkingDirectory(`${volume}/a/b`, view);
      expect(await readdir(`${volume}/a`)).toEqual(["b"]);
      const through = makeWorkingDirectory(`${volume}/link/new`, view);
      await expect(through).rejects.toThrow("ENOTDIR");
      const beside = makeWorkingDirectory(`${volume}/../folder/new`, view);
      await expect(beside).rejects.toThrow("is created only in a mounted volume");
      expect(await readdir(victim)).toEqual([]);
    }));
});
