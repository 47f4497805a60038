import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, it } from "vitest";
import { checkProgram } from "../../../../harness/ecs/tasks/container-program.ts";

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
