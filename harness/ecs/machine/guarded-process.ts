import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import type { Guardian } from "./guardian.ts";
import { firstProcessOf } from "./pid-namespace.ts";
import { killGroup, signalGroup, signalProcess } from "./process-group.ts";
import { inSandbox, type Sandbox } from "./sandbox.ts";

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
  /** @default that of the harness */
  readonly sandbox?: Sandbox | undefined;
  /** What is to be done with its group before the program begins. @default nothing */
  readonly heldBack?: ((group: number) => Promise<void>) | undefined;
}

/** A process in a group of its own, known to the guardian. */
export class GuardedProcess {
  /** The main process; in a namespace of its own it is PID 1 there. */
  readonly pid: number;
  /** The group, and the process that waits for the main one. */
  readonly group: number;
  /** 0-255; 128 + the signal's number when a signal ended it, as a shell and Docker count. */
  readonly exited: Promise<number>;
  readonly #gate: Gate;

  private constructor(gate: Gate, pid: number) {
    this.#gate = gate;
    this.group = gate.pid;
    this.exited = gate.exited;
    this.pid = pid;
  }

  /** @throws the spawn's error, or HarnessError ERR_CLOSED when the run is over */
  static async start(guardian: Guardian, options: ProcessOptions): Promise<GuardedProcess> {
    const { sandbox = {} } = options;
    const argv = inSandbox(options.argv, sandbox);
    const gate = await Gate.start(guardian, { ...options, argv });
    const { first } = sandbox;
    const main = first && (await firstProcessOf(gate.pid, first, () => !gate.running));
    return new GuardedProcess(gate, main ?? gate.pid);
  }

  get running(): boolean {
    return this.#gate.running;
  }

  /** What it writes, when `output` is "pipe". */
  get output(): ChildProcess["stdout"] {
    return this.#gate.output;
  }

  /** Signals the main process alone, as Docker does. */
  signal(signal: NodeJS.Signals): void {
    if (this.running) signalProcess(this.pid, signal);
  }

  /** Stops the whole group where it is; signals but SIGKILL wait until it is thawed. */
  freeze(): void {
    if (!this.running) return;
    signalGroup(this.group, "SIGSTOP");
    // Who waits for the main process learns of its end.
    if (this.pid !== this.group) signalProcess(this.group, "SIGCONT");
  }

  thaw(): void {
    if (this.running) signalGroup(this.group, "SIGCONT");
  }

  /** Kills all of it. With PID 1 the kernel kills its namespace, and only then is its end told. */
  kill(): void {
    if (!this.running) return;
    if (this.pid === this.group) killGroup(this.group);
    else signalProcess(this.pid, "SIGKILL");
  }
}

/** The process that is spawned: held back first, then the program or what waits for it. */
class Gate {
  readonly pid: number;
  readonly exited: Promise<number>;
  readonly #child: ChildProcess;
  running = true;

  private constructor(child: ChildProcess, pid: number, guardian: Guardian) {
    this.#child = child;
    this.pid = pid;
    this.exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.running = false;
        // When a container's main process ends, the kernel kills whatever else it holds.
        killGroup(pid);
        guardian.forget(pid);
        resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
      });
    });
  }

  static async start(guardian: Guardian, options: ProcessOptions): Promise<Gate> {
    const { argv, env, cwd, output, heldBack } = options;
    const child = spawn("/bin/sh", ["-c", GATE, "sh", ...argv], {
      detached: true,
      cwd,
      env,
      stdio: ["pipe", output, output],
    });
    child.stdin?.on("error", () => {});
    await once(child, "spawn");
    const gate = new Gate(child, Number(child.pid), guardian);
    try {
      await guardian.watch(gate.pid);
      await heldBack?.(gate.pid);
    } catch (error) {
      child.stdin?.end();
      throw error;
    }
    child.stdin?.end("\n");
    return gate;
  }

  get output(): ChildProcess["stdout"] {
    return this.#child.stdout;
  }
}
