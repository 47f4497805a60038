import { readdirSync, readFileSync } from "node:fs";

/** fsync and fdatasync in the kernel's tables of system calls. */
const SYNCS: Partial<Record<NodeJS.Architecture, readonly string[]>> = {
  x64: ["74", "75"],
  arm64: ["82", "83"],
};

/**
 * Whether a thread of a process is just bringing a file onto the disk, by proc_pid_syscall(5). While that lasts,
 * Redis with `appendfsync everysec` acknowledges writes for up to two seconds that it has not given to the kernel
 * yet (`aof_delayed_fsync`): a kill loses them.
 */
export function isSyncing(pid: number): boolean {
  const syncs = SYNCS[process.arch] ?? [];
  return threadsOf(pid).some((thread) => {
    try {
      const [number = ""] = readFileSync(`/proc/${pid}/task/${thread}/syscall`, "utf8").split(" ");
      return syncs.includes(number);
    } catch {
      // It has ended meanwhile.
      return false;
    }
  });
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}
