import { copyFile, lchown, readdir, readFile, readlink, rename, stat } from "node:fs/promises";
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
    .filter((file) => folders.some((folder) => file.startsWith(`${folder}/`)));
  await Promise.all([...new Set(inside)].map(replaceByCopy));
}

/** proc_pid_fdinfo(5): one line `lock:` for each lock on the open file. */
async function lockedFiles(pid: number): Promise<string[]> {
  const names = await readdir(`/proc/${pid}/fdinfo`).catch(() => []);
  const files = names.map(async (name) => {
    const info = await readFile(`/proc/${pid}/fdinfo/${name}`, "utf8").catch(() => "");
    return /^lock:/m.test(info) ? readlink(`/proc/${pid}/fd/${name}`).catch(() => "") : "";
  });
  return (await Promise.all(files)).filter((file) => file !== "");
}

async function replaceByCopy(file: string): Promise<void> {
  const { uid, gid } = await stat(file);
  const copy = `${file}.copy`;
  await copyFile(file, copy);
  if (process.geteuid?.() === 0) await lchown(copy, uid, gid);
  await rename(copy, file);
}
