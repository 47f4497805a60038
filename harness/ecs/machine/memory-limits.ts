import { statfs } from "node:fs/promises";
import path from "node:path";
import { HarnessError } from "../base/errors.ts";
import { messageOf } from "../base/message-of.ts";
import { GuardedProcess } from "./guarded-process.ts";
import type { Guardian } from "./guardian.ts";
import { MemoryCgroup } from "./memory-cgroup.ts";
import { findMemoryController } from "./memory-controller.ts";

/** The cgroup of a run, or why there is none. */
export type MemoryLimits =
  | { readonly cgroup: MemoryCgroup; readonly why?: undefined }
  | { readonly cgroup?: undefined; readonly why: string };

/** The magic number of a file system in memory, as in statfs(2). */
const TMPFS = 0x01_02_19_94;

/** MiB, for a program that does nothing. */
const TRIAL_LIMIT = 16;

/** Removes a cgroup and its children. The kernel may still count processes that have just ended. */
const REMOVE =
  'for i in $(seq 200); do find "$1" -depth -type d -exec rmdir {} +; [ -d "$1" ] || exit; sleep 0.01; done';

/**
 * Creates a run's cgroup, and shows that a limited process runs in it. The guardian removes it.
 * @param isWanted `false` for no limits although this machine supports them
 */
export async function startMemoryLimits(
  guardian: Guardian,
  isWanted = true,
): Promise<MemoryLimits> {
  if (!isWanted) return { why: "they are turned off" };
  try {
    await checkFolder(guardian.folder);
    const { version, folder: above } = findMemoryController();
    const folder = path.join(above, path.basename(guardian.folder));
    guardian.atEnd(["/bin/sh", "-c", REMOVE, "remove", folder]);
    const cgroup = new MemoryCgroup({ version, folder });
    const memory = cgroup.child("trial", TRIAL_LIMIT);
    const nothing = { argv: ["/bin/true"], env: {}, cwd: "/", output: "ignore" } as const;
    const { exited } = await GuardedProcess.start(guardian, { ...nothing, memory });
    const code = await exited;
    await memory.remove();
    if (code === 0) return { cgroup };
    throw new HarnessError("ERR_PLATFORM", `a program with a limit exits with ${code}`);
  } catch (error) {
    return { why: messageOf(error) };
  }
}

/** The kernel counts files in memory, and cannot write them to a disk when a limit is reached. */
async function checkFolder(folder: string): Promise<void> {
  if ((await statfs(folder)).type !== TMPFS) return;
  const message = `${path.dirname(folder)} is in memory, so the files of containers would count; set TMPDIR to a folder on a disk`;
  throw new HarnessError("ERR_PLATFORM", message);
}
