import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A process that dies with its parent; what it starts is PID 1 of a namespace with a /proc of its own. */
const UNSHARE = [
  "/usr/bin/unshare",
  "--pid",
  "--fork",
  "--mount-proc",
  "--kill-child",
  "--",
] as const;

/**
 * An init process: passes signals on to the program, and ends as it ends. Signals come as soon as it
 * has a child: by then its traps are set. A wait that a signal interrupts returns that signal's code;
 * if the program has ended since, another wait tells how (127 when it was the wait that told).
 */
const INIT = `for s in HUP INT QUIT USR1 USR2 TERM; do trap "kill -$s \\$!" $s; done
"$@" &
while :; do
  wait $!; code=$?
  kill -0 $! 2>/dev/null && continue
  wait $!; last=$?
  [ $last = 127 ] || code=$last
  exit $code
done`;

/** Who is PID 1: the container's program, or an init process before it. */
export type FirstProcess = "program" | "init";

/** Whether this kernel and user may make PID namespaces: root may, unless a sandbox forbids it. */
export async function hasPidNamespaces(): Promise<boolean> {
  try {
    const [program, ...words] = [...UNSHARE, "true"];
    await run(program, words);
    return true;
  } catch {
    return false;
  }
}

/** The argv of a program in a PID namespace of its own. */
export function inNewNamespace(argv: readonly string[], first: FirstProcess): readonly string[] {
  return [...UNSHARE, ...(first === "init" ? ["/bin/sh", "-c", INIT, "init"] : []), ...argv];
}

/** The argv of a program in the namespaces that another process is in. */
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

/** The first process in the namespace that a process has made, once it can be signalled. */
export async function firstProcessOf(
  pid: number,
  first: FirstProcess,
  ended: () => boolean,
): Promise<number | undefined> {
  const main = await childOf(pid, ended);
  if (first === "program" || main === undefined) return main;
  await childOf(main, ended);
  return main;
}

/** The first child of a process, once it has one; undefined when it ended before. */
async function childOf(pid: number, ended: () => boolean): Promise<number | undefined> {
  while (!ended()) {
    const children = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
    const child = Number(children.split(" ")[0]);
    if (child > 0) return child;
    await delay(1);
  }
  return undefined;
}
