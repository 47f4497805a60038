import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import { killGroup, signalGroup, type Guardian } from "./guardian.ts";

/**
 * Holds the program back until the guardian knows its process group, so that a crash of the harness
 * in between leaves nothing: the pipe closes and the gate ends. The process then becomes the program,
 * keeping its number: a signal reaches the program itself.
 * With SIGXFSZ ignored, a write beyond RLIMIT_FSIZE fails as one to a full disk does.
 */
const GATE = 'read -r _ || exit 0; trap "" XFSZ; exec "$@" </dev/null';

export interface ProcessOptions {
  readonly argv: readonly string[];
  /** The whole environment; nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** File descriptor for both output streams, or where they go. */
  readonly output: number | "pipe" | "ignore";
}

/** A process in a group of its own, known to the guardian. */
export class GuardedProcess {
  readonly pid: number;
  /** 0-255; 128 + the signal's number when a signal ended it, as a shell and Docker count. */
  readonly exited: Promise<number>;
  readonly #child: ChildProcess;
  #running = true;

  private constructor(child: ChildProcess, pid: number, guardian: Guardian) {
    this.#child = child;
    this.pid = pid;
    this.exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.#running = false;
        // When a container's main process ends, the kernel kills whatever else it holds.
        killGroup(pid);
        guardian.forget(pid);
        resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
      });
    });
  }

  /** @throws the spawn's error, or HarnessError ERR_CLOSED when the run is over */
  static async start(guardian: Guardian, options: ProcessOptions): Promise<GuardedProcess> {
    const { argv, env, cwd, output } = options;
    const child = spawn("/bin/sh", ["-c", GATE, "sh", ...argv], {
      detached: true,
      cwd,
      env,
      stdio: ["pipe", output, output],
    });
    child.stdin?.on("error", () => {});
    await once(child, "spawn");
    const process = new GuardedProcess(child, Number(child.pid), guardian);
    try {
      await guardian.watch(process.pid);
    } catch (error) {
      child.stdin?.end();
      throw error;
    }
    child.stdin?.end("\n");
    return process;
  }

  get running(): boolean {
    return this.#running;
  }

  /** What it writes, when `output` is "pipe". */
  get output(): ChildProcess["stdout"] {
    return this.#child.stdout;
  }

  /** Signals the main process alone, as Docker does. */
  signal(signal: NodeJS.Signals): void {
    if (this.#running) this.#child.kill(signal);
  }

  /** Stops the whole group where it is; signals but SIGKILL wait until it is thawed. */
  freeze(): void {
    if (this.#running) signalGroup(this.pid, "SIGSTOP");
  }

  thaw(): void {
    if (this.#running) signalGroup(this.pid, "SIGCONT");
  }

  /** Kills the whole group. */
  kill(): void {
    if (this.#running) killGroup(this.pid);
  }
}
