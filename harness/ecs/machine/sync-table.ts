import { readFile } from "node:fs/promises";

/** Identifies a file, also among later ones with the same inode. */
export interface FileIdentity {
  readonly ino: bigint;
  readonly birthtimeNs: bigint;
}

/** Returns how many bytes of a file are on disk. */
export type SyncedLength = (file: FileIdentity) => number;

/**
 * Reads the table of record-syncs.pl for one program. A file that is not in the table was created by the
 * program and never synced, so none of it is on disk.
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
