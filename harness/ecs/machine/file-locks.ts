import { randomUUID } from "node:crypto";
import { lstat, open, readFile, rename, stat } from "node:fs/promises";
import path from "node:path";
import { HeldFolder } from "./held-folder.ts";
import { type OpenFile, openFilesIn, type Volume } from "./open-files.ts";

/**
 * Drops the locks that processes have on files in some volumes, as a file server does when a
 * client's lease expires. A process cannot lose a lock here, so another empty file replaces the file: the process
 * keeps its lock on the unlinked one, and the next program that opens the path finds no lock. A file that is not empty keeps its
 * locks: what processes of others name is not copied with this one's rights.
 */
export async function dropLocks(
  pids: readonly number[],
  volumes: readonly Volume[],
): Promise<void> {
  const files = await openFilesIn(pids, volumes);
  const locked = await Promise.all(files.map(isLocked));
  const byFile = new Map(files.filter((_, n) => locked[n]).map((each) => [each.file, each]));
  // A file that cannot be replaced, such as one that is gone, keeps its lock.
  await Promise.all([...byFile.values()].map((each) => replaceIfEmpty(each).catch(() => {})));
}

/** proc_pid_fdinfo(5): one line `lock:` for each lock on the open file. */
const isLocked = async ({ info }: OpenFile): Promise<boolean> =>
  /^lock:/m.test(await readFile(info, "utf8").catch(() => ""));

async function replaceIfEmpty({ file, descriptor }: OpenFile): Promise<void> {
  await using folder = await HeldFolder.open(path.dirname(file));
  const at = folder.at(path.basename(file));
  const [found, locked] = [await lstat(at), await stat(descriptor)];
  const isIt = found.ino === locked.ino && found.dev === locked.dev;
  if (!isIt || !found.isFile() || found.size > 0) return;
  const next = folder.at(`.${randomUUID()}`);
  await using made = await open(next, "wx");
  await made.chmod(found.mode & 0o777);
  if (process.geteuid?.() === 0) await made.chown(found.uid, found.gid);
  await rename(next, at);
}
