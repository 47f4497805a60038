import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import type { UserIds } from "../terraform/plan/plan.ts";

/** Kills a process group. It may have ended. */
export function killGroup(pid: number): void {
  signalGroup(pid, "SIGKILL");
}

/** Signals every process of a group. It may have ended. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  signalProcess(-pid, signal);
}

/** Signals a process. It may have ended. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

/** The PIDs of all processes of a group, including those in its PID namespaces. */
export function membersOf(group: number): number[] {
  return processes().filter((pid) => groupOf(pid) === group);
}

/** The PIDs of all processes in the PID namespace of a process. */
export function neighboursOf(pid: number): number[] {
  const namespace = namespaceOf(pid);
  return namespace === undefined
    ? []
    : processes().filter((each) => namespaceOf(each) === namespace);
}

/** The PID namespace of a process; undefined if it has ended. */
export function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}

/** Kills a process group, and the children of its processes that have left it: a runtime's program has a session of its own. */
export function killWithChildren(group: number): void {
  const members = membersOf(group);
  const children = members.flatMap((pid) =>
    read(pid, `task/${pid}/children`).split(" ").map(Number),
  );
  killGroup(group);
  for (const pid of children) if (pid > 0 && !members.includes(pid)) signalProcess(pid, "SIGKILL");
}

function processes(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/**
 * Kills every process with this line in its environment, even if it has left its group (a daemon's setsid). The
 * next round finds processes that were forked during this one. An exiting process has no environment.
 */
export function killMarked(line: string): void {
  for (let round = 0; round < 10; round += 1) {
    const marked = processes().filter((pid) => variablesOf(pid).includes(line));
    if (marked.length === 0) return;
    for (const pid of marked) signalProcess(pid, "SIGKILL");
  }
}

const variablesOf = (pid: number): readonly string[] => read(pid, "environ").split("\0");

/** The user of a process; undefined if it has ended. */
export function ownerOf(pid: number): UserIds | undefined {
  const status = read(pid, "status");
  if (/^State:\s+[ZX]/m.test(status)) return undefined;
  const [, uid] = /^Uid:\s+(\d+)/m.exec(status) ?? [];
  const [, gid] = /^Gid:\s+(\d+)/m.exec(status) ?? [];
  return uid === undefined || gid === undefined
    ? undefined
    : { uid: Number(uid), gid: Number(gid) };
}

/** proc_pid_stat(5): after the command in parentheses come state, parent and group. */
function groupOf(pid: number): number | undefined {
  const stat = read(pid, "stat");
  return stat === "" ? undefined : Number(stat.slice(stat.lastIndexOf(") ") + 2).split(" ")[2]);
}

/** Empty if the process has ended or belongs to another user. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}
