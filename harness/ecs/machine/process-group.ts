import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { HarnessError } from "../base/errors.ts";
import type { UserIds } from "../terraform/plan.ts";

/** Kills a process group; a group that has ended is no error. */
export function killGroup(pid: number): void {
  signalGroup(pid, "SIGKILL");
}

/** Signals every process of a group; a group that has ended is no error. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  signalProcess(-pid, signal);
}

/** Signals a process; a process that has ended is no error. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended.
  }
}

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
 * Kills every process whose environment holds a line, also those that have left their group (a daemon's
 * setsid). The next round finds what forks meanwhile. A process that is ending has no environment.
 */
export function killMarked(line: string): void {
  for (let round = 0; round < 10; round += 1) {
    const marked = processes().filter((pid) => variablesOf(pid).includes(line));
    if (marked.length === 0) return;
    for (const pid of marked) signalProcess(pid, "SIGKILL");
  }
}

const variablesOf = (pid: number): readonly string[] => read(pid, "environ").split("\0");

/** Who runs a process; undefined when it has ended. */
export function ownerOf(pid: number): UserIds | undefined {
  const status = read(pid, "status");
  if (/^State:\s+[ZX]/m.test(status)) return undefined;
  const [, uid] = /^Uid:\s+(\d+)/m.exec(status) ?? [];
  const [, gid] = /^Gid:\s+(\d+)/m.exec(status) ?? [];
  return uid === undefined || gid === undefined
    ? undefined
    : { uid: Number(uid), gid: Number(gid) };
}

/** Milliseconds that a stopped process may take to end its system call. */
const STOP_TIMEOUT = 5000;

/**
 * Resolves once processes that were sent SIGSTOP have stopped, each thread of them, or ended.
 * @throws HarnessError ERR_TIMEOUT
 */
export async function untilStopped(pids: readonly number[]): Promise<void> {
  const deadline = performance.now() + STOP_TIMEOUT;
  for (let running = [...pids]; running.length > 0; running = running.filter(doesSomething)) {
    if (performance.now() > deadline) {
      const message = `process ${running[0]} did not stop within ${STOP_TIMEOUT} ms`;
      throw new HarnessError("ERR_TIMEOUT", message);
    }
    await delay(2);
  }
}

function doesSomething(pid: number): boolean {
  return threadsOf(pid).some((thread) =>
    /^State:\s+[^TtZX]/m.test(read(pid, `task/${thread}/status`)),
  );
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** proc_pid_stat(5): after the command in brackets come state, parent and group. */
function groupOf(pid: number): number | undefined {
  const stat = read(pid, "stat");
  return stat === "" ? undefined : Number(stat.slice(stat.lastIndexOf(") ") + 2).split(" ")[2]);
}

/** Empty when the process has ended or belongs to another user. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "latin1");
  } catch {
    return "";
  }
}
