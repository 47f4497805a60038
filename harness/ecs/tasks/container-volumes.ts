import { dropLocks } from "../machine/file-locks.ts";
import { largestOpenFile, lastWrittenFile, limitFileSize } from "../machine/file-size-limit.ts";
import type { GuardedProcess } from "../machine/guarded-process.ts";
import type { Volume } from "../machine/open-files.ts";

/** The effects of faults on a container's volumes while one of its processes runs. */
export class ContainerVolumes {
  readonly #volumes: readonly Volume[];
  readonly #isFull: () => boolean;
  #process: GuardedProcess | undefined;
  /** Changes of the file size limit run one after the other. */
  #filling: Promise<void> = Promise.resolve();

  constructor(volumes: readonly Volume[], isFull: () => boolean) {
    this.#volumes = volumes;
    this.#isFull = isFull;
  }

  /** Bytes that a file may have when the program starts: its volumes may be full already. */
  async fileSizeAtStart(): Promise<number | undefined> {
    if (!this.#isFull()) return undefined;
    return lastWrittenFile(this.#volumes.map(({ folder }) => folder));
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
    await dropLocks(this.#process?.members ?? [], this.#volumes);
  }

  async #fill(): Promise<void> {
    if (!this.#process?.running) return;
    const { members } = this.#process;
    const limit = this.#isFull() ? await largestOpenFile(members, this.#volumes) : undefined;
    await limitFileSize(this.#process, limit);
  }
}
