import { existsSync } from "node:fs";
import { chmod, mkdir, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import { HeldFolder } from "../machine/held-folder.ts";
import { messageOf } from "../base/message-of.ts";
import type { ContainerPlan } from "../terraform/plan/plan.ts";
import type { ContainerView } from "./container-view.ts";
import { argvOf, type LocalImage } from "./image.ts";

/** Writes an image's programs as shell scripts into a folder, which comes first on PATH. */
export async function writePrograms(
  folder: string,
  programs: Readonly<Record<string, string>>,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const [name, script] of Object.entries(programs)) {
    const file = path.join(folder, name);
    await writeFile(file, `#!/bin/sh\n${script}\n`);
    await chmod(file, 0o755);
  }
}

/**
 * The PATH of a container without one: this machine's, without folders that this user may not search. Images have none, and because
 * of one an init process would say 126 (not permitted) of a program that does not exist.
 */
export const machinePath = (): string =>
  (process.env["PATH"] ?? "/usr/bin:/bin")
    .split(path.delimiter)
    .filter((folder) => existsSync(`${folder}/.`))
    .join(path.delimiter);

/**
 * Checks before the start that a container's program exists, as Docker does: a name on the container's PATH, or
 * a path from its working directory.
 * @throws in Docker's words if there is no executable program
 */
export async function checkProgram(name: string, searchPath: string, cwd: string): Promise<void> {
  const fail = (why: string): never => {
    throw new Error(`exec: ${JSON.stringify(name)}: ${why}`);
  };
  if (!name.includes("/")) {
    const folders = searchPath.split(path.delimiter);
    const files = folders.map((folder) => lookAt(path.resolve(cwd, folder, name)));
    if ((await Promise.all(files)).includes("program")) return;
    return fail("executable file not found in $PATH");
  }
  const found = await lookAt(path.resolve(cwd, name));
  if (found === "nothing") fail(`stat ${name}: no such file or directory`);
  if (found === "folder") fail("is a directory");
  if (found === "file") fail("permission denied");
}

/**
 * Why the program of a container is not on this machine, in Docker's words. Undefined if it is, or if its image brings it.
 * @param cwd for a container without a working directory
 */
export async function whyNotHere(
  container: Pick<
    ContainerPlan,
    "name" | "entryPoint" | "command" | "environment" | "workingDirectory"
  >,
  image: LocalImage,
  cwd: string,
): Promise<string | undefined> {
  if (image.root !== undefined || image.programs !== undefined) return undefined;
  const [name = ""] = argvOf(container, image);
  const search = container.environment["PATH"] ?? machinePath();
  const folder = container.workingDirectory ?? image.workingDirectory ?? cwd;
  return checkProgram(name, search, folder).then(() => undefined, messageOf);
}

async function lookAt(file: string): Promise<"nothing" | "folder" | "file" | "program"> {
  const found = await stat(file).catch(() => undefined);
  if (!found) return "nothing";
  if (found.isDirectory()) return "folder";
  return (found.mode & 0o111) === 0 ? "file" : "program";
}

/**
 * Creates a missing working directory, as Docker does. Here only in a mounted folder, because a container has
 * no own file system.
 * @throws if it is missing elsewhere
 */
export async function makeWorkingDirectory(
  cwd: string,
  { mounts }: Pick<ContainerView, "mounts">,
): Promise<void> {
  if ((await lookAt(cwd)) === "folder") return;
  const resolved = path.resolve(cwd);
  const mounted = mounts.some(
    ({ folder, readOnly }) => !readOnly && resolved.startsWith(`${folder}${path.sep}`),
  );
  if (!mounted) {
    const message = `working directory ${JSON.stringify(cwd)} is not a folder on this machine; a missing one is created only in a mounted volume`;
    throw new Error(message);
  }
  await using _ = await HeldFolder.open(cwd, { makes: true });
}
