import { readdirSync, readFileSync } from "node:fs";

/** Every process of a group, by number, those of its PID namespaces included. */
export function membersOf(group: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => groupOf(pid) === group);
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
