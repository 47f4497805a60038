import { readdirSync, readFileSync } from "node:fs";
import { signalProcess } from "./guardian.ts";

/** Every process of a group, by number, those of its PID namespaces included. */
export function membersOf(group: number): number[] {
  return processes().filter((pid) => groupOf(pid) === group);
}

function processes(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/**
 * Kills every process whose environment holds a line, those that left their group (a daemon's setsid)
 * included. What forks meanwhile is found by the next round; what is ending has no environment.
 */
export function killMarked(line: string): void {
  for (let round = 0; round < 10; round += 1) {
    const marked = processes().filter((pid) => environmentOf(pid).includes(line));
    if (marked.length === 0) return;
    for (const pid of marked) signalProcess(pid, "SIGKILL");
  }
}

function environmentOf(pid: number): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1").split("\0");
  } catch {
    // Gone meanwhile, or another user's.
    return [];
  }
}

/** proc_pid_stat(5): after the command in brackets come state, parent and group. */
function groupOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    return Number(stat.slice(stat.lastIndexOf(") ") + 2).split(" ")[2]);
  } catch {
    // Gone meanwhile.
    return undefined;
  }
}
