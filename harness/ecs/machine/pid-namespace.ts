import { statSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { FileMount } from "./image-root.ts";
import { namespaceOf } from "./process-group.ts";

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
const UNSHARE = [
  "/usr/bin/unshare",
  "--pid",
  "--mount",
  "--",
  "/bin/sh",
  "-c",
  WAIT,
  "wait",
  "/usr/bin/setpriv",
  "--pdeathsig=KILL",
  "--",
  "/bin/sh",
  "-c",
  MOUNT,
  "mount",
] as const;

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

/**
 * A write beyond RLIMIT_FSIZE fails, as on a full disk, and sends no signal. The runtime of containers from images gives them the
 * usual effects of signals.
 */
const IGNORE = 'trap "" XFSZ; exec "$@"';

/** What a process may be before it becomes the container's program. */
const STEPS = [IGNORE];
const ENTERING = [MOUNT, /^\/usr\/bin\/(?:setpriv|prlimit)\0/];

/** The process with PID 1: the container's program, or an init process that starts it. */
export type FirstProcess = "program" | "init";

/** The argv of a program in a new PID namespace. @param files files that it cannot write to */
export const inNewNamespace = (
  argv: readonly string[],
  files: readonly FileMount[] = [],
): readonly string[] => [...UNSHARE, ...files.flatMap(({ file, at }) => [file, at]), "--", ...argv];

/** The argv of a program under an init process. */
export const withInit = (argv: readonly string[]): readonly string[] => [
  "/bin/sh",
  "-c",
  INIT,
  "init",
  ...argv,
];

/** The argv of a program whose writes on a full disk fail. */
export const withoutSizeSignal = (argv: readonly string[]): readonly string[] => [
  "/bin/sh",
  "-c",
  IGNORE,
  "ignore",
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

/** Milliseconds. Whatever a program's command line looks like, it has started by then. */
const START_TIMEOUT = 10_000;

/** How {@link firstProcessOf} finds a process. */
interface Search {
  readonly first: FirstProcess;
  /** Whether PID 1 of the new namespace is a runtime, which starts the container in a further one. */
  readonly isRuntime: boolean;
  readonly ended: () => boolean;
  /** Called with PID 1 of the new namespace before it has become the program. */
  readonly found: (child: number) => Promise<void>;
}

/** The container's first process, below one that waits for a new namespace, as soon as it can receive signals. */
export async function firstProcessOf(
  pid: number,
  { first, isRuntime, ended, found }: Search,
): Promise<number | undefined> {
  let known: number | undefined;
  const outer = await childOf(pid, ended, async (child) => {
    if (!isInside(child, pid)) return false;
    if (known !== child) await found((known = child));
    // A signal during the mounts would be lost: the kernel drops signals that PID 1 does not handle.
    return isRuntime || isPast(child, ENTERING);
  });
  if (outer === undefined) return undefined;
  const main = isRuntime
    ? await childOf(
        outer,
        ended,
        async (child) =>
          isInside(child, outer) && !isSameProgram(child, outer) && isPast(child, STEPS),
      )
    : outer;
  if (first === "program" || main === undefined) return main;
  // Until the child has become the program, it has the traps of the init process and loses signals.
  await childOf(main, ended, (child) => isPast(child, [INIT, ...STEPS]));
  return main;
}

/** Whether a process is in another PID namespace than the one that started it. */
function isInside(child: number, parent: number): boolean {
  const namespace = namespaceOf(child);
  return namespace !== undefined && namespace !== namespaceOf(parent);
}

/** Whether a process has not yet become another program than the one that started it. */
function isSameProgram(child: number, parent: number): boolean {
  const [one, other] = [programOf(child), programOf(parent)];
  return one === undefined || one === other;
}

function programOf(pid: number): string | undefined {
  try {
    const { dev, ino } = statSync(`/proc/${pid}/exe`);
    return `${dev}:${ino}`;
  } catch {
    return undefined;
  }
}

/** Whether a process is none of the steps before the program. During exec it has no command line. */
async function isPast(pid: number, steps: readonly (string | RegExp)[]): Promise<boolean> {
  const commandLine = await commandOf(pid);
  const isStep = (step: string | RegExp): boolean =>
    typeof step === "string" ? commandLine.includes(step) : step.test(commandLine);
  return commandLine !== "" && !steps.some(isStep);
}

const commandOf = (pid: number): Promise<string> =>
  readFile(`/proc/${pid}/cmdline`, "utf8").catch(() => "");

/**
 * The first child for which `isWanted` returns true, or that there is after a while; undefined if the process ends before.
 */
async function childOf(
  pid: number,
  ended: () => boolean,
  isWanted: (child: number) => Promise<boolean>,
): Promise<number | undefined> {
  const deadline = performance.now() + START_TIMEOUT;
  while (!ended()) {
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
    for (const child of children.trim().split(" ").map(Number)) {
      if (child > 0 && ((await isWanted(child)) || performance.now() > deadline)) return child;
    }
    await delay(1);
  }
  return undefined;
}
