import { dropLocks } from "../machine/file-locks.ts";
import { largestOpenFile, lastWrittenFile, limitFileSize } from "../machine/file-size-limit.ts";
import type { GuardedProcess } from "../machine/guarded-process.ts";

/** The effects of faults on a container's volumes while one of its processes runs. */
export class ContainerVolumes {
  /** Local folders of its mounts. */
  readonly #folders: readonly string[];
  readonly #isFull: () => boolean;
  #process: GuardedProcess | undefined;
  /** Changes of the file size limit run one after the other. */
  #filling: Promise<void> = Promise.resolve();

  constructor(folders: readonly string[], isFull: () => boolean) {
    this.#folders = folders;
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

  async #fill(): Promise<void> {
    if (!this.#process?.running) return;
    const { group } = this.#process;
    const limit = this.#isFull() ? await largestOpenFile(group, this.#folders) : undefined;
    await limitFileSize(group, limit);
  }
}
