import { execFile } from "node:child_process";
import { readdir, stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { HarnessError, messageOf } from "../errors.ts";
import { membersOf } from "./process-group.ts";

/** The container's own PATH may not lead to it. */
const PRLIMIT = "/usr/bin/prlimit";

const run = promisify(execFile);

/**
 * Lets no process of a group write beyond a position in any file, from now on (RLIMIT_FSIZE, which
 * needs no privilege); undefined lifts it. A write beyond fails with EFBIG, where a full disk would say
 * ENOSPC: SIGXFSZ is ignored in containers.
 * @param limit bytes
 * @throws HarnessError ERR_PLATFORM when prlimit (util-linux) is missing
 */
export async function limitFileSize(group: number, limit: number | undefined): Promise<void> {
  // The soft limit alone: it can be raised again.
  const value = `--fsize=${limit ?? "unlimited"}:`;
  for (const pid of membersOf(group)) {
    try {
      await run(PRLIMIT, ["--pid", String(pid), value]);
    } catch (error) {
      if (error instanceof Error && Reflect.get(error, "code") === "ENOENT") {
        const message = `prlimit (util-linux) is needed to limit files: ${messageOf(error)}`;
        throw new HarnessError("ERR_PLATFORM", message, { cause: error });
      }
      // The process has ended meanwhile.
    }
  }
}

/** The argv of a program that is limited from its start. */
export const withFileSizeLimit = (argv: readonly string[], limit: number): readonly string[] => [
  PRLIMIT,
  `--fsize=${limit}:`,
  "--",
  ...argv,
];

/** Bytes of the largest file within some folders, 0 where there is none: with that limit none grows. */
export async function largestFile(folders: readonly string[]): Promise<number> {
  const sizes = await Promise.all(folders.map(largestIn));
  return Math.max(0, ...sizes);
}

async function largestIn(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile());
  const sizes = files.map(async ({ parentPath, name }) => {
    const found = await stat(path.join(parentPath, name)).catch(() => undefined);
    return found?.size ?? 0;
  });
  return Math.max(0, ...(await Promise.all(sizes)));
}
