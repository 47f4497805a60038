import { constants } from "node:fs";
import { lchown, open, readFile, rename, rm, writeFile } from "node:fs/promises";
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
  const files = await openFilesIn(pids, volumes);
  const locked = await Promise.all(files.map(isLocked));
  const byFile = new Map(files.filter((_, n) => locked[n]).map((each) => [each.file, each]));
  await Promise.all([...byFile.values()].map(replaceByCopy));
}

/** proc_pid_fdinfo(5): one line `lock:` for each lock on the open file. */
const isLocked = async ({ info }: OpenFile): Promise<boolean> =>
  /^lock:/m.test(await readFile(info, "utf8").catch(() => ""));

async function replaceByCopy({ file, descriptor }: OpenFile): Promise<void> {
  // The open file, not what has its name now, which may be a link. A pipe has no copy, and opening a file with a lease would
  // wait for its holder.
  await using from = await open(descriptor, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    () => undefined,
  );
  const found = await from?.stat();
  if (from === undefined || found?.isFile() !== true) return;
  await using folder = await HeldFolder.open(path.dirname(file));
  const copy = folder.at(`${path.basename(file)}.copy`);
  await rm(copy, { force: true });
  await writeFile(copy, from.createReadStream({ autoClose: false }), {
    flag: "wx",
    mode: found.mode,
  });
  if (process.geteuid?.() === 0) await lchown(copy, found.uid, found.gid);
  await rename(copy, folder.at(path.basename(file)));
}
