import { open, readdir, readFile, readlink } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { readSyncTable, type SyncedLength } from "./sync-table.ts";

/** The data that a file has lost. */
export interface LostData {
  readonly file: string;
  readonly bytes: number;
}

/** The removed end of a file. */
interface Tail {
  /** The file's path in /proc, because the file may have been renamed. */
  readonly descriptor: string;
  readonly file: string;
  readonly from: number;
  readonly content: Buffer;
}

/**
 * Unsynced data of programs, cut from their files while they are stopped. The model is NFS, and so EFS: data
 * that a client has not committed are only in its memory, while renames, new files and removals are on the
 * server at once. A closed file is complete (close-to-open consistency), so only open files lose data. A real
 * kernel writes some of it within about half a minute; that is ignored, so this is the most that can be lost.
 */
export class UnsyncedData {
  readonly #tails: readonly Tail[];

  private constructor(tails: readonly Tail[]) {
    this.#tails = tails;
  }

  /**
   * Cuts every file in some folders that stopped processes have open for writing.
   * @param table of record-syncs.pl
   */
  static async take(
    pids: readonly number[],
    folders: readonly string[],
    table: string,
  ): Promise<UnsyncedData> {
    const synced = await readSyncTable(table);
    const tails: Tail[] = [];
    for (const { descriptor, file } of await writtenFiles(pids, folders)) {
      const tail = await cut(descriptor, file, synced);
      // If two processes have the same file open, there is nothing left to cut for the second.
      if (tail) tails.push(tail);
    }
    return new UnsyncedData(tails);
  }

  get lost(): readonly LostData[] {
    return this.#tails.map(({ file, content }) => ({ file, bytes: content.length }));
  }

  /** The host is back with its memory: restores all data in place. */
  async putBack(): Promise<void> {
    for (const { descriptor, from, content } of this.#tails) {
      await withFile(descriptor, async (handle) => {
        await handle.write(content, 0, content.length, from);
      });
    }
  }
}

async function cut(
  descriptor: string,
  file: string,
  synced: SyncedLength,
): Promise<Tail | undefined> {
  return withFile(descriptor, async (handle) => {
    const found = await handle.stat({ bigint: true });
    const from = synced(found);
    const content = Buffer.alloc(Math.max(0, Number(found.size) - from));
    if (content.length === 0) return undefined;
    await handle.read(content, 0, content.length, from);
    await handle.truncate(from);
    return { descriptor, file, from, content };
  });
}

/** Opens a file that a process has open; undefined if the process has ended. */
async function withFile<T>(
  descriptor: string,
  use: (handle: FileHandle) => Promise<T>,
): Promise<T | undefined> {
  const handle = await open(descriptor, "r+").catch(unlessGone);
  try {
    return handle && (await use(handle));
  } finally {
    await handle?.close();
  }
}

interface OpenFile {
  readonly descriptor: string;
  readonly file: string;
}

async function writtenFiles(
  pids: readonly number[],
  folders: readonly string[],
): Promise<readonly OpenFile[]> {
  const isInside = ({ file }: OpenFile): boolean =>
    folders.some((folder) => file.startsWith(`${folder}/`));
  return (await Promise.all(pids.map(filesOf))).flat().filter(isInside);
}

async function filesOf(pid: number): Promise<OpenFile[]> {
  const names = (await readdir(`/proc/${pid}/fd`).catch(unlessGone)) ?? [];
  const files = names.map(async (name): Promise<OpenFile[]> => {
    const descriptor = `/proc/${pid}/fd/${name}`;
    const info = (await readFile(`/proc/${pid}/fdinfo/${name}`, "utf8").catch(unlessGone)) ?? "";
    const file = (await readlink(descriptor).catch(unlessGone)) ?? "";
    return isWritable(info) ? [{ descriptor, file }] : [];
  });
  return (await Promise.all(files)).flat();
}

/** proc_pid_fdinfo(5): `flags:` in octal, as in open(2). The last two bits are 0 for read-only. */
function isWritable(info: string): boolean {
  const [, flags = "0"] = /^flags:\s+(\d+)/m.exec(info) ?? [];
  return (Number.parseInt(flags, 8) & 3) !== 0;
}

function unlessGone(error: unknown): undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ESRCH") return undefined;
  throw error;
}
