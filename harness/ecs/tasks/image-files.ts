import { lstat, readFile, readlink, stat } from "node:fs/promises";
import { existsSync, lstatSync } from "node:fs";
import path from "node:path";
import type { UserIds } from "../terraform/plan/plan.ts";

// What an image's files say, read from outside: links in an image lead to paths of the image, not of this machine.

/** How many links may lead to each other, as in Linux. */
const MOST_LINKS = 40;

/** The file of this machine behind a path in an image; undefined if there is none. */
async function fileIn(root: string, name: string): Promise<string | undefined> {
  let rest = name.split("/").filter(Boolean);
  let at: string[] = [];
  for (let links = 0; rest.length > 0;) {
    const [first = "", ...more] = rest;
    rest = more;
    if (first === ".") continue;
    if (first === "..") {
      at.pop();
      continue;
    }
    const file = path.join(root, ...at, first);
    const found = await lstat(file).catch(() => undefined);
    if (found === undefined) return undefined;
    if (!found.isSymbolicLink()) {
      at.push(first);
      continue;
    }
    if ((links += 1) > MOST_LINKS) return undefined;
    const to = await readlink(file);
    if (to.startsWith("/")) at = [];
    rest = [...to.split("/").filter(Boolean), ...rest];
  }
  return path.join(root, ...at);
}

/**
 * Finds a container's program, as Docker does.
 * @returns its path in the image, without links
 * @throws in Docker's words if there is no executable program
 */
export async function programIn(
  root: string,
  name: string,
  searchPath: string,
  workingDirectory: string,
): Promise<string> {
  const candidates = name.includes("/")
    ? [path.posix.resolve(workingDirectory, name)]
    : searchPath.split(":").map((folder) => path.posix.resolve(workingDirectory, folder, name));
  let why = name.includes("/")
    ? `stat ${name}: no such file or directory`
    : "executable file not found in $PATH";
  for (const candidate of candidates) {
    const file = await fileIn(root, candidate);
    const found = file && (await stat(file).catch(() => undefined));
    if (!found) continue;
    if (found.isFile() && (found.mode & 0o111) !== 0) return file.slice(root.length);
    why = found.isDirectory() ? "is a directory" : "permission denied";
  }
  throw new Error(`exec: ${JSON.stringify(name)}: ${why}`);
}

/** The folder of this machine behind a folder in an image; undefined if there is none. */
export async function folderIn(root: string, name: string): Promise<string | undefined> {
  const file = await fileIn(root, name);
  const found = file && (await stat(file).catch(() => undefined));
  return found && found.isDirectory() ? file : undefined;
}

/** Whether the image has a shell. */
export function hasShell(root: string): boolean {
  const shell = path.join(root, "bin/sh");
  // A link may lead to a path that exists only in the image.
  return existsSync(shell) || lstatSync(shell, { throwIfNoEntry: false }) !== undefined;
}

/** The home directory of a user; `/` if the image does not name it. */
export async function homeOf(root: string, { uid }: UserIds): Promise<string> {
  const lines = await linesOf(root, "/etc/passwd");
  return lines.find((fields) => fields[2] === String(uid))?.[5] || "/";
}

/** The numbers of an image's users and groups, by name, as `uid:gid`. */
export async function usersIn(root: string): Promise<Record<string, string>> {
  const groups = await linesOf(root, "/etc/group");
  const users = await linesOf(root, "/etc/passwd");
  return Object.fromEntries([
    ...groups.map(([name = "", , gid]) => [name, `0:${gid}`]),
    ...users.map(([name = "", , uid, gid]) => [name, `${uid}:${gid}`]),
  ]) as Record<string, string>;
}

async function linesOf(root: string, name: string): Promise<string[][]> {
  const file = await fileIn(root, name);
  // No device, and no pipe, which would never end.
  const isFile = file !== undefined && (await lstat(file)).isFile();
  const text = isFile ? await readFile(file, "utf8").catch(() => "") : "";
  return text
    .split("\n")
    .map((line) => line.split(":"))
    .filter(({ length }) => length > 3 || (name === "/etc/group" && length > 2));
}
