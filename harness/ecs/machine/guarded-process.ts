import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { constants } from "node:os";
import type { Guardian } from "./guardian.ts";
import type { MemoryCgroup } from "./memory-cgroup.ts";
import { firstProcessOf } from "./pid-namespace.ts";
import {
  killGroup,
  killWithChildren,
  membersOf,
  namespaceOf,
  neighboursOf,
  signalGroup,
  signalProcess,
} from "./process-group.ts";
import { inSandbox, type Sandbox } from "./sandbox.ts";

/**
 * Delays the program until the guardian knows its process group. If the harness crashes before that, the pipe
 * closes and the gate exits. Then the gate execs the program, which keeps the PID, so that signals reach the
 * program itself.
 * SIGXFSZ is ignored: a write beyond RLIMIT_FSIZE fails, as on a full disk.
 */
const GATE = 'read -r _ || exit 0; trap "" XFSZ; exec "$@" </dev/null';

/** At most this many processes are stopped, in case a program forks endlessly. */
const MANY = 10_000;

export interface ProcessOptions {
  readonly argv: readonly string[];
  /** All environment variables. None is inherited. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** File descriptor for stdout and stderr, or another destination. */
  readonly output: number | "pipe" | "ignore";
  /** @default the harness's own */
  readonly sandbox?: Sandbox | undefined;
  /** Its cgroup. @default the harness's own */
  readonly memory?: MemoryCgroup | undefined;
}

/** A process in its own group that the guardian watches. */
export class GuardedProcess {
  /** PID of the main process. With a PID namespace it is PID 1 in there. */
  readonly pid: number;
  /** The process group. It is also the PID of the process that waits for the main process. */
  readonly group: number;
  /** 0-255. As in a shell and Docker, 128 + the signal's number if a signal ended the process. */
  readonly exited: Promise<number>;
  readonly #gate: Gate;

  private constructor(gate: Gate, pid: number) {
    this.#gate = gate;
    this.group = gate.pid;
    this.exited = gate.exited;
    this.pid = pid;
  }

  /** @throws the error of spawn, or HarnessError ERR_CLOSED if the run has ended */
  static async start(guardian: Guardian, options: ProcessOptions): Promise<GuardedProcess> {
    const { sandbox = {} } = options;
    const argv = inSandbox(options.argv, sandbox);
    const gate = await Gate.start(guardian, { ...options, argv });
    const { first } = sandbox;
    const main =
      first &&
      (await firstProcessOf(gate.pid, {
        first,
        isRuntime: sandbox.root !== undefined,
        ended: () => !gate.running,
        found: (pid) => gate.holds(pid),
      }));
    return new GuardedProcess(gate, main ?? gate.pid);
  }

  get running(): boolean {
    return this.#gate.running;
  }

  /** Its output if `output` is "pipe". */
  get output(): ChildProcess["stdout"] {
    return this.#gate.output;
  }

  /** Signals only the main process, as Docker does. */
  signal(signal: NodeJS.Signals): void {
    if (this.running) signalProcess(this.pid, signal);
  }

  /** Stops all its processes. Signals other than SIGKILL are delivered after {@link thaw}. */
  freeze(): void {
    const stopped = new Set<number>();
    const next = (): number[] => this.members.filter((pid) => !stopped.has(pid));
    // What one of them starts meanwhile is stopped in the next round.
    for (let pids = next(); pids.length > 0 && stopped.size < MANY; pids = next()) {
      for (const pid of pids) signalProcess(pid, "SIGSTOP");
      for (const pid of pids) stopped.add(pid);
    }
  }

  thaw(): void {
    for (const pid of this.members) signalProcess(pid, "SIGCONT");
  }

  /** The PIDs of its processes: those of its namespace, or else of its group. */
  get members(): readonly number[] {
    if (!this.running) return [];
    return this.pid === this.group ? membersOf(this.group) : neighboursOf(this.pid);
  }

  /**
   * Kills the group. If PID 1 of a namespace is killed, the kernel kills the whole namespace before `exited`
   * resolves.
   */
  kill(): void {
    if (!this.running) return;
    if (this.pid === this.group) killWithChildren(this.group);
    else signalProcess(this.pid, "SIGKILL");
    // A program may have stopped what waits for it.
    signalGroup(this.group, "SIGCONT");
  }
}

/** The spawned process: first the gate, then the program, or the process that waits for it. */
class Gate {
  readonly pid: number;
  readonly exited: Promise<number>;
  readonly #child: ChildProcess;
  readonly #guardian: Guardian;
  /** PID 1 of a namespace. A program in it may leave the group, and kill what waits for it. */
  #first: { readonly pid: number; readonly namespace: string | undefined } | undefined;
  running = true;

  private constructor(child: ChildProcess, pid: number, guardian: Guardian) {
    this.#child = child;
    this.#guardian = guardian;
    this.pid = pid;
    this.exited = new Promise((resolve) => {
      child.once("exit", (code, signal) => {
        this.running = false;
        // As the kernel does in a container: the other processes end with the main process.
        killGroup(pid);
        guardian.unwatch(pid);
        this.#letGo();
        resolve(code ?? 128 + (signal ? constants.signals[signal] : 0));
      });
    });
  }

  static async start(guardian: Guardian, options: ProcessOptions): Promise<Gate> {
    const { argv, env, cwd, output, memory } = options;
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
      await memory?.add(gate.pid);
    } catch (error) {
      child.stdin?.end();
      throw error;
    }
    child.stdin?.end("\n");
    return gate;
  }

  /** Before the program starts. */
  async holds(pid: number): Promise<void> {
    this.#first = { pid, namespace: namespaceOf(pid) };
    await this.#guardian.watch(pid);
    if (!this.running) this.#letGo();
  }

  /** Its number may be another process's from now on. */
  #letGo(): void {
    if (this.#first === undefined) return;
    killFirst(this.#first);
    this.#guardian.unwatch(this.#first.pid);
    this.#first = undefined;
  }

  get output(): ChildProcess["stdout"] {
    return this.#child.stdout;
  }
}

/** Its number may be another process's already. */
function killFirst({ pid, namespace }: { pid: number; namespace: string | undefined }): void {
  if (namespace !== undefined && namespaceOf(pid) === namespace) signalProcess(pid, "SIGKILL");
}
