import { readFile } from "node:fs/promises";

/** What tells a file from every other one, also from a later one with its inode. */
export interface FileIdentity {
  readonly ino: bigint;
  readonly birthtimeNs: bigint;
}

/** How many bytes of a file are on disk. */
export type SyncedLength = (file: FileIdentity) => number;

/**
 * Reads the table of record-syncs.pl, which belongs to one program. A file that is not in it was made by the
 * program and never synced: nothing of it is on disk.
 */
export async function readSyncTable(table: string): Promise<SyncedLength> {
  const lines = (await readFile(table, "latin1")).split("\n").filter((line) => line !== "");
  const lengths = new Map(
    lines.map((line) => {
      const [inode, birth, length] = line.trim().split(/ +/);
      return [`${inode} ${birth}`, Number(length)];
    }),
  );
  return ({ ino, birthtimeNs }) => lengths.get(`${ino} ${birthtimeNs}`) ?? 0;
}
