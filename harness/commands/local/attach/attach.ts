import { spawn } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { quoted } from "../../../../command-line/options.ts";
import type { AttachOptions } from "./options.ts";
import { findContainers, onlyProgram } from "./run-socket.ts";

/** Runs a command in a container of a run, or prints what its containers have printed. @returns the exit code */
export async function attach(options: AttachOptions): Promise<number> {
  const { target } = options;
  if (options.does === "exec") {
    const { argv, env, cwd } = onlyProgram(
      target,
      await findContainers({ ...options, hasTerminal: process.stdin.isTTY }),
    );
    // Without a terminal it gets pipes: by a descriptor of a file it could write to that, and of a terminal read what the user types.
    const stdio = process.stdin.isTTY ? "inherit" : "pipe";
    return exitOf(inOwnTerminal(argv), { env, cwd, detached: !process.stdin.isTTY, stdio });
  }
  const containers = await findContainers({ target, command: [] });
  const files = containers.map(({ log }) => log);
  // With several files, tail prints the name of each before its lines.
  return exitOf(["tail", "-n", "+1", ...(options.follow ? ["-F"] : []), "--", ...files], {});
}

/** In this one, a program of an image could type what the user's shell would run (TIOCSTI). Without any, it gets a session of its own. */
const inOwnTerminal = (argv: readonly string[]): readonly string[] =>
  process.stdin.isTTY
    ? ["/usr/bin/script", "-q", "-e", "-c", argv.map(quoted).join(" "), "/dev/null"]
    : argv;

function ignore(): void {}

/** Runs a program in this terminal. @returns its exit code */
async function exitOf(
  [program = "", ...args]: readonly string[],
  options: {
    readonly env?: Readonly<Record<string, string>>;
    readonly cwd?: string;
    readonly detached?: boolean;
    readonly stdio?: "inherit" | "pipe";
  },
): Promise<number> {
  const { stdio = "inherit", ...others } = options;
  const child = spawn(program, args, { ...others, stdio });
  if (child.stdin) {
    // It may end before it has read everything.
    child.stdin.on("error", ignore);
    process.stdin.pipe(child.stdin);
  }
  child.stdout?.pipe(process.stdout);
  child.stderr?.pipe(process.stderr);
  // The terminal sends Ctrl-C to the program too, which decides.
  process.on("SIGINT", ignore);
  try {
    const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
    return code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  } finally {
    process.stdin.unpipe();
    process.stdin.pause();
    process.off("SIGINT", ignore);
  }
}
