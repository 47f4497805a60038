import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { gitOrThrow } from "./git.ts";

/** Timeouts of unpacking and installing, in milliseconds. */
const UNPACK_TIMEOUT = 60_000;
export const INSTALL_TIMEOUT = 300_000;

/** Extracts the files of a commit into a temporary folder and removes it after use. */
export async function withFilesOf<Result>(
  root: string,
  commit: string,
  use: (folder: string) => Promise<Result>,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "upgrade-"));
  try {
    const archive = join(folder, "version.tar");
    await gitOrThrow(root, "archive", "--output", archive, commit);
    const options = { cwd: folder, timeout: UNPACK_TIMEOUT };
    await promisify(execFile)("tar", ["-xf", archive], options);
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Links the installed packages of another folder. */
export function borrowPackages(from: string, folder: string): void {
  symlinkSync(join(from, "node_modules"), join(folder, "node_modules"));
}

/** Installs the packages of the folder's lock file. @throws an error with npm's `stderr` */
export async function installPackages(folder: string, signal: AbortSignal): Promise<void> {
  const args = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
  const options = { cwd: folder, timeout: INSTALL_TIMEOUT, signal, maxBuffer: 2 ** 26 };
  await promisify(execFile)("npm", args, options);
}
