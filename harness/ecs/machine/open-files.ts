import { readdir, readlink } from "node:fs/promises";

/** A folder of this machine, and the path at which a container has it. */
export interface Volume {
  readonly at: string;
  readonly folder: string;
}

/** A file in a volume that a process has open. */
export interface OpenFile {
  /** Its path on this machine. Programs may have put something else there meanwhile. */
  readonly file: string;
  /** The descriptor, which is the file itself. */
  readonly descriptor: string;
  /** As in proc_pid_fdinfo(5). */
  readonly info: string;
}

/** The files in some volumes that some processes have open. */
export async function openFilesIn(
  pids: readonly number[],
  volumes: readonly Volume[],
): Promise<OpenFile[]> {
  return (await Promise.all(pids.map((pid) => openFilesOf(pid, volumes)))).flat();
}

async function openFilesOf(pid: number, volumes: readonly Volume[]): Promise<OpenFile[]> {
  const names = await readdir(`/proc/${pid}/fd`).catch(() => []);
  const found = names.map(async (name): Promise<OpenFile[]> => {
    const descriptor = `/proc/${pid}/fd/${name}`;
    const path = await readlink(descriptor).catch(() => "");
    const volume = volumes.find(({ at }) => path.startsWith(`${at}/`));
    // A removed file has no name that others could open.
    if (volume === undefined || path.endsWith(" (deleted)")) return [];
    const file = volume.folder + path.slice(volume.at.length);
    return [{ file, descriptor, info: `/proc/${pid}/fdinfo/${name}` }];
  });
  return (await Promise.all(found)).flat();
}
