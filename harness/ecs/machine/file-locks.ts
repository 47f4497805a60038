import { constants } from "node:fs";
import { copyFile, lchown, readdir, readFile, readlink, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { HeldFolder } from "./held-folder.ts";
import { membersOf } from "./process-group.ts";

/**
 * Drops the locks that processes of a group have on files in some folders, as a file server does when a
 * client's lease expires. A process cannot lose a lock here, so a copy replaces the file: the process keeps its
 * lock on the unlinked file, and the next program that opens the path finds no lock.
 */
export async function dropLocks(group: number, folders: readonly string[]): Promise<void> {
  const held = await Promise.all(membersOf(group).map(lockedFiles));
  const inside = held
    .flat()
    .filter(([file]) => folders.some((folder) => file.startsWith(`${folder}/`)));
  await Promise.all([...new Map(inside)].map(replaceByCopy));
}

/** By path, the descriptor of a process. */
type LockedFile = readonly [file: string, descriptor: string];

/** proc_pid_fdinfo(5): one line `lock:` for each lock on the open file. */
async function lockedFiles(pid: number): Promise<LockedFile[]> {
  const names = await readdir(`/proc/${pid}/fdinfo`).catch(() => []);
  const files = names.map(async (name): Promise<LockedFile> => {
    const info = await readFile(`/proc/${pid}/fdinfo/${name}`, "utf8").catch(() => "");
    const descriptor = `/proc/${pid}/fd/${name}`;
    return [/^lock:/m.test(info) ? await readlink(descriptor).catch(() => "") : "", descriptor];
  });
  // A removed file has no name that others could lock.
  return (await Promise.all(files)).filter(([file]) => file !== "" && !file.endsWith(" (deleted)"));
}

async function replaceByCopy([file, descriptor]: LockedFile): Promise<void> {
  await using folder = await HeldFolder.open(path.dirname(file));
  const copy = folder.at(`${path.basename(file)}.copy`);
  await rm(copy, { force: true });
  // The open file, not what has its name now, which may be a link.
  await copyFile(descriptor, copy, constants.COPYFILE_EXCL);
  const { uid, gid } = await stat(descriptor);
  if (process.geteuid?.() === 0) await lchown(copy, uid, gid);
  await rename(copy, folder.at(path.basename(file)));
}
