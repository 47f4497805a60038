import { constants } from "node:fs";
import { type FileHandle, mkdir, open, readlink } from "node:fs/promises";
import path from "node:path";

const { O_DIRECTORY, O_NOFOLLOW } = constants;

/**
 * A folder of a run, held by its descriptor. Containers may put links into their volumes at any time, and this process may be root.
 * So all that it does in a volume is done below {@link path}, where a name is in this very folder, and the last part of a name is
 * never followed.
 */
export class HeldFolder implements AsyncDisposable {
  readonly handle: FileHandle;
  /** Whether it was missing. */
  readonly isNew: boolean;

  private constructor(handle: FileHandle, isNew: boolean) {
    this.handle = handle;
    this.isNew = isNew;
  }

  /**
   * @param wanted an absolute path. It is refused if a link leads to it
   * @param options.makes whether missing folders are made
   * @throws the error of open(2): ENOENT, or ENOTDIR also for a link
   */
  static async open(wanted: string, { makes = false } = {}): Promise<HeldFolder> {
    const folder = path.resolve(wanted);
    try {
      return await HeldFolder.#at(folder, folder);
    } catch (error) {
      if (!makes || codeOf(error) !== "ENOENT") throw error;
    }
    await using above = await HeldFolder.open(path.dirname(folder), { makes });
    const at = above.at(path.basename(folder));
    const isNew = await mkdir(at).then(
      () => true,
      (error: unknown) => {
        // A container has made it meanwhile.
        if (codeOf(error) !== "EEXIST") throw error;
        return false;
      },
    );
    return await HeldFolder.#at(at, folder, isNew);
  }

  /** The path of something in it, for calls that do not follow the last part. */
  at(name: string): string {
    return path.join(this.path, name);
  }

  get path(): string {
    return `/proc/self/fd/${this.handle.fd}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.handle.close();
  }

  static async #at(at: string, folder: string, isNew = false): Promise<HeldFolder> {
    const held = new HeldFolder(await open(at, O_DIRECTORY | O_NOFOLLOW), isNew);
    const real = await readlink(held.path);
    if (real === folder) return held;
    await held.handle.close();
    throw Object.assign(new Error(`${folder} is a link to ${real}`), { code: "ENOTDIR" });
  }
}

export const codeOf = (error: unknown): unknown =>
  error instanceof Error ? Reflect.get(error, "code") : undefined;
