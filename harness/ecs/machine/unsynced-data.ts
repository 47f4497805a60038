import { open, readdir, readFile, readlink } from "node:fs/promises";
import type { FileHandle } from "node:fs/promises";
import { readSyncTable, type SyncedLength } from "./sync-table.ts";

/** What a file has lost. */
export interface LostData {
  readonly file: string;
  readonly bytes: number;
}

/** The end of a file that was taken away. */
interface Tail {
  /** The file as a process has it open; it may have been renamed. */
  readonly descriptor: string;
  readonly file: string;
  readonly from: number;
  readonly content: Buffer;
}

/**
 * What programs have written and not synced, taken out of their files while they are stopped. It is as on
 * NFS, and so on EFS: data that a client has not committed are in its memory only, while a rename, a new
 * file and a removed one are on the server at once. A file that was closed is there as a whole
 * (close-to-open consistency); so only open files lose something. What the kernel may have written by itself,
 * within about half a minute, does not count: this is the most that can be lost.
 */
export class UnsyncedData {
  readonly #tails: readonly Tail[];

  private constructor(tails: readonly Tail[]) {
    this.#tails = tails;
  }

  /**
   * Cuts every file that stopped processes have open for writing in some folders.
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
      // Two processes may have one file open: the second finds nothing to cut.
      if (tail) tails.push(tail);
    }
    return new UnsyncedData(tails);
  }

  get lost(): readonly LostData[] {
    return this.#tails.map(({ file, content }) => ({ file, bytes: content.length }));
  }

  /** The host is back, and its memory with it: everything is written where it was. */
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

/** Opens a file that a process has open; undefined when the process has ended. */
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

/** proc_pid_fdinfo(5): `flags:` in octal, as of open(2); the last two bits are 0 for reading only. */
function isWritable(info: string): boolean {
  const [, flags = "0"] = /^flags:\s+(\d+)/m.exec(info) ?? [];
  return (Number.parseInt(flags, 8) & 3) !== 0;
}

function unlessGone(error: unknown): undefined {
  const code = error instanceof Error && "code" in error ? error.code : undefined;
  if (code === "ENOENT" || code === "ESRCH") return undefined;
  throw error;
}
