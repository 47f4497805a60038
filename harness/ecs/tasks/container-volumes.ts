import { dropLocks } from "../machine/file-locks.ts";
import { largestOpenFile, lastWrittenFile, limitFileSize } from "../machine/file-size-limit.ts";
import type { GuardedProcess } from "../machine/guarded-process.ts";
import { UnsyncedData, type LostData } from "../machine/unsynced-data.ts";

/** The effects of faults on a container's volumes while one of its processes runs. */
export class ContainerVolumes {
  /** Local folders of its mounts. */
  readonly #folders: readonly string[];
  /** The file with the table of synced data; undefined if syncs are not recorded. */
  readonly #syncTable: string | undefined;
  readonly #isFull: () => boolean;
  #process: GuardedProcess | undefined;
  /** Changes of the file size limit run one after the other. */
  #filling: Promise<void> = Promise.resolve();
  #unsynced: UnsyncedData | undefined;

  constructor(folders: readonly string[], syncTable: string | undefined, isFull: () => boolean) {
    this.#folders = folders;
    this.#syncTable = syncTable;
    this.#isFull = isFull;
  }

  /** Call this before the program starts: its volumes may be full already. */
  async prepare(group: number): Promise<void> {
    if (this.#isFull()) await limitFileSize(group, await lastWrittenFile(this.#folders));
  }

  use(process: GuardedProcess): void {
    this.#process = process;
  }

  /** Limits file sizes while the volumes are full, and removes the limit afterwards. */
  fill(): Promise<void> {
    this.#filling = this.#filling.catch(() => {}).then(() => this.#fill());
    return this.#filling;
  }

  /** Drops the locks of its processes, as the file system does. */
  async dropLocks(): Promise<void> {
    if (this.#process?.running) await dropLocks(this.#process.group, this.#folders);
  }

  /** Removes from its files what its frozen processes have not synced. */
  async loseUnsynced(): Promise<readonly LostData[]> {
    const running = this.#process;
    if (!running?.running || this.#syncTable === undefined) return [];
    await running.frozen();
    this.#unsynced = await UnsyncedData.take(running.members, this.#folders, this.#syncTable);
    return this.#unsynced.lost;
  }

  async regainUnsynced(): Promise<void> {
    await this.#unsynced?.putBack();
    this.#unsynced = undefined;
  }

  async #fill(): Promise<void> {
    if (!this.#process?.running) return;
    const { group } = this.#process;
    const limit = this.#isFull() ? await largestOpenFile(group, this.#folders) : undefined;
    await limitFileSize(group, limit);
  }
}
