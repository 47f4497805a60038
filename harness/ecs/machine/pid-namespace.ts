import { readlinkSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { type FileMount, isEntering } from "./image-root.ts";

/**
 * Waits for its child, which is PID 1 of the new namespace, and exits with the child's exit status. `unshare
 * --fork` would do the same, but in util-linux 2.38 it exits with 1 when a signal ended the child. The shell's
 * own output ("Killed") does not go to the container's log. A subshell redirects the program's output, because dash would
 * redirect its own meanwhile.
 */
const WAIT = 'exec 9>&2 2>/dev/null; (exec "$@" 2>&9 9>&-); exit $?';

/** PID 1 mounts the /proc of its namespace and the files, then becomes the program. */
const MOUNT = `/usr/bin/mount -t proc proc /proc || exit
while [ "$1" != -- ]; do
  /usr/bin/mount -o bind,ro "$1" "$2" || exit
  shift 2
done
shift
exec "$@"`;

/** A process that waits for PID 1 of a new namespace. When it ends, the kernel kills PID 1. */
const WAITER = [
  "/usr/bin/unshare",
  "--pid",
  "--mount",
  "--",
  "/bin/sh",
  "-c",
  WAIT,
  "wait",
] as const;
const FIRST = [
  "/usr/bin/setpriv",
  "--pdeathsig=KILL",
  "--",
  "/bin/sh",
  "-c",
  MOUNT,
  "mount",
] as const;
const UNSHARE = [...WAITER, ...FIRST] as const;

/**
 * An init process: forwards signals to the program, and exits with its exit code. The harness sends signals
 * only after init has a child; by then its traps are set. A wait that a signal interrupts returns that signal's
 * code. If the program has ended since, a second wait returns its exit code (127: the first wait has returned
 * it already). The shell's own output ("Terminated") does not go to the container's log.
 */
const INIT = `exec 9>&2 2>/dev/null
for s in HUP INT QUIT USR1 USR2 TERM; do trap "kill -$s \\$!" $s; done
"$@" 2>&9 9>&- &
while :; do
  wait $!; code=$?
  kill -0 $! 2>/dev/null && continue
  wait $!; last=$?
  [ $last = 127 ] || code=$last
  exit $code
done`;

/** The process with PID 1: the container's program, or an init process that starts it. */
export type FirstProcess = "program" | "init";

/** The argv of a program in a new PID namespace. @param files files that it cannot write to */
export const inNewNamespace = (
  argv: readonly string[],
  files: readonly FileMount[] = [],
): readonly string[] => [...UNSHARE, ...files.flatMap(({ file, at }) => [file, at]), "--", ...argv];

/** The argv of a program that is the first one of new namespaces for PIDs, mounts, host name and IPC. */
export const inNewNamespaces = (argv: readonly string[]): readonly string[] => {
  const [unshare, pid, mount, ...rest] = WAITER;
  return [
    unshare,
    pid,
    mount,
    "--uts",
    "--ipc",
    ...rest,
    "/usr/bin/setpriv",
    "--pdeathsig=KILL",
    "--",
    ...argv,
  ];
};

/** The argv of a program under an init process. */
export const withInit = (argv: readonly string[]): readonly string[] => [
  "/bin/sh",
  "-c",
  INIT,
  "init",
  ...argv,
];

/** The argv of a program in the namespaces of another process. */
export function inNamespaceOf(
  pid: number,
  argv: readonly string[],
  cwd: string,
): readonly string[] {
  return [
    "/usr/bin/nsenter",
    "--target",
    String(pid),
    "--pid",
    "--mount",
    `--wd=${cwd}`,
    "--",
    ...argv,
  ];
}

/** The first process in the new namespace of a process, as soon as it can receive signals. */
export async function firstProcessOf(
  pid: number,
  first: FirstProcess,
  ended: () => boolean,
  found: (child: number) => Promise<void>,
): Promise<number | undefined> {
  const ownNamespace = namespaceOf(pid);
  let known: number | undefined;
  const isInside = async (child: number): Promise<boolean> => {
    const inside = namespaceOf(child);
    // A signal during the mounts would be lost: the kernel drops signals that PID 1 does not handle.
    if (inside === undefined || inside === ownNamespace) return false;
    if (known !== child) await found((known = child));
    return hasEntered(child);
  };
  const main = await childOf(pid, isInside, ended);
  if (first === "program" || main === undefined) return main;
  // Until the child has become the program, it has the traps of the init process and loses signals.
  await childOf(main, isPastInit, ended);
  return main;
}

/** Whether a process has become the container's program, or its init process. During exec it has no command line. */
async function hasEntered(pid: number): Promise<boolean> {
  const commandLine = await commandOf(pid);
  return commandLine !== "" && !commandLine.includes(MOUNT) && !isEntering(commandLine);
}

async function isPastInit(pid: number): Promise<boolean> {
  const commandLine = await commandOf(pid);
  return commandLine !== "" && !commandLine.includes(INIT);
}

const commandOf = (pid: number): Promise<string> =>
  readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");

/** The PID namespace of a process; undefined if it has ended. */
export function namespaceOf(pid: number): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return undefined;
  }
}

/** The first child for which `isWanted` returns true; undefined if the process ends before. */
async function childOf(
  pid: number,
  isWanted: (child: number) => Promise<boolean>,
  ended: () => boolean,
): Promise<number | undefined> {
  while (!ended()) {
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
    for (const child of children.trim().split(" ").map(Number)) {
      if (child > 0 && (await isWanted(child))) return child;
    }
    await delay(1);
  }
  return undefined;
}
