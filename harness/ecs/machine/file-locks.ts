import { constants } from "node:fs";
import { copyFile, lchown, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { HeldFolder } from "./held-folder.ts";
import { type OpenFile, openFilesIn, type Volume } from "./open-files.ts";

/**
 * Drops the locks that processes have on files in some volumes, as a file server does when a
 * client's lease expires. A process cannot lose a lock here, so a copy replaces the file: the process keeps its
 * lock on the unlinked file, and the next program that opens the path finds no lock.
 */
export async function dropLocks(
  pids: readonly number[],
  volumes: readonly Volume[],
): Promise<void> {
  const open = await openFilesIn(pids, volumes);
  const locked = await Promise.all(open.map(isLocked));
  const byFile = new Map(open.filter((_, n) => locked[n]).map((each) => [each.file, each]));
  await Promise.all([...byFile.values()].map(replaceByCopy));
}

/** proc_pid_fdinfo(5): one line `lock:` for each lock on the open file. */
const isLocked = async ({ info }: OpenFile): Promise<boolean> =>
  /^lock:/m.test(await readFile(info, "utf8").catch(() => ""));

async function replaceByCopy({ file, descriptor }: OpenFile): Promise<void> {
  await using folder = await HeldFolder.open(path.dirname(file));
  const copy = folder.at(`${path.basename(file)}.copy`);
  await rm(copy, { force: true });
  // The open file, not what has its name now, which may be a link.
  await copyFile(descriptor, copy, constants.COPYFILE_EXCL);
  const { uid, gid } = await stat(descriptor);
  if (process.geteuid?.() === 0) await lchown(copy, uid, gid);
  await rename(copy, folder.at(path.basename(file)));
}
