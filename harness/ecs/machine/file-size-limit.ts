import { execFile } from "node:child_process";
import { lstat, readdir, stat } from "node:fs/promises";
import path from "node:path";
import { promisify } from "node:util";
import { HarnessError } from "../base/errors.ts";
import { messageOf } from "../base/message-of.ts";
import type { GuardedProcess } from "./guarded-process.ts";
import { openFilesIn, type Volume } from "./open-files.ts";
import { ownerOf } from "./process-group.ts";
import { asUser } from "./user.ts";

/** An absolute path, because it may not be on the container's PATH. */
const PRLIMIT = "/usr/bin/prlimit";

/** Milliseconds. */
const PRLIMIT_TIMEOUT = 5000;

/** At most this many processes are limited, in case a program forks endlessly. */
const MANY = 1000;

const run = promisify(execFile);

/**
 * Limits the size of the files that the processes of a container can write (RLIMIT_FSIZE, which needs no privileges);
 * undefined removes the limit. A write beyond the limit fails with EFBIG, not with ENOSPC as on a full disk:
 * containers ignore SIGXFSZ.
 * @param limit bytes
 * @throws HarnessError ERR_PLATFORM if prlimit (util-linux) fails
 */
export async function limitFileSize(
  process: Pick<GuardedProcess, "members">,
  limit: number | undefined,
): Promise<void> {
  const done = new Set<number>();
  const next = (): number | undefined => process.members.find((pid) => !done.has(pid));
  // A process that is forked during the loop inherits its parent's limit.
  for (let pid = next(); pid !== undefined && done.size < MANY; pid = next()) {
    done.add(pid);
    await limitProcess(pid, limit);
  }
}

async function limitProcess(pid: number, limit: number | undefined): Promise<void> {
  const owner = ownerOf(pid);
  if (!owner) return;
  // Set only the soft limit, which can be raised again.
  const command = [PRLIMIT, "--pid", String(pid), `--fsize=${limit ?? "unlimited"}:`];
  // A user can limit its own processes. For those of another user even root needs CAP_SYS_RESOURCE.
  const isOwn = owner.uid === process.geteuid?.() && owner.gid === process.getegid?.();
  const [program = "", ...words] = isOwn ? command : asUser(owner, command, false);
  try {
    await run(program, words, { timeout: PRLIMIT_TIMEOUT });
  } catch (error) {
    if (!ownerOf(pid)) return;
    const message = `cannot limit the files of process ${pid}: ${messageOf(error)}`;
    throw new HarnessError("ERR_PLATFORM", message, { cause: error });
  }
}

interface FoundFile {
  readonly size: number;
  readonly changedAt: number;
}

/** Size of the largest file in some volumes that processes have open, in bytes. With this limit no file grows. */
export async function largestOpenFile(
  pids: readonly number[],
  volumes: readonly Volume[],
): Promise<number> {
  const open = await openFilesIn(pids, volumes);
  const sizes = open.map(
    async ({ descriptor }) => (await stat(descriptor).catch(() => undefined))?.size ?? 0,
  );
  return Math.max(0, ...(await Promise.all(sizes)));
}

/** Size of the last written file in some folders, in bytes; 0 if there is none. */
export async function lastWrittenFile(folders: readonly string[]): Promise<number> {
  const files = await Promise.all(folders.map(filesIn));
  return files.flat().toSorted((a, b) => b.changedAt - a.changedAt)[0]?.size ?? 0;
}

async function filesIn(folder: string): Promise<FoundFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const names = entries.filter((entry) => entry.isFile());
  const files = names.map(({ parentPath, name }) => look(path.join(parentPath, name)));
  return (await Promise.all(files)).filter((file) => file !== undefined);
}

/** Undefined if the file does not exist any more. */
async function look(file: string): Promise<FoundFile | undefined> {
  const found = await lstat(file).catch(() => undefined);
  return found && { size: found.size, changedAt: found.mtimeMs };
}
