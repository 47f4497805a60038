import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { spawnWithParent } from "../../harness/ecs/programs/spawn-with-parent.ts";

/** One operation: a counter was counted up, and read back. Times in ms since 1970. */
export interface Operation {
  readonly number: number;
  readonly begin: number;
  readonly end: number;
  /** `ok`, or the error that the user of the client sees. */
  readonly outcome: string;
}

const LOOK_INTERVAL = 5;
/** ms in which a program must end. */
const END_TIMEOUT = 2_000;

/** A running program of `programs/`, and what it has done. */
export class Program implements AsyncDisposable {
  readonly operations: Operation[] = [];
  readonly #child: ChildProcess;
  #complaints = "";

  constructor(command: readonly string[], env: Readonly<Record<string, string>>) {
    const [program = "", ...args] = command;
    const { PATH, HOME } = process.env;
    this.#child = spawnWithParent(program, args, { env: { PATH, HOME, ...env }, stdio: "pipe" });
    this.#child.on("error", (error) => (this.#complaints += error.message));
    this.#child.stdin?.on("error", () => {});
    this.#child.stderr?.on("data", (data) => (this.#complaints += String(data)));
    createInterface(this.#child.stdout ?? process.stdin).on("line", (line) => {
      const [, number, begin, end, outcome = ""] = /^(\d+) (\d+) (\d+) (.*)$/.exec(line) ?? [];
      if (number === undefined) return;
      this.operations.push({
        number: Number(number),
        begin: Number(begin),
        end: Number(end),
        outcome,
      });
    });
  }

  get hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** The last lines that it wrote to stderr. */
  get complaints(): string {
    return this.#complaints.trim().split("\n").slice(-3).join(" ").slice(-300);
  }

  /** Waits for an operation. @returns undefined after `timeout` ms, or when the program has ended */
  async until(
    isWanted: (operation: Operation) => boolean,
    timeout: number,
    signal: AbortSignal,
  ): Promise<Operation | undefined> {
    const deadline = performance.now() + timeout;
    for (;;) {
      const found = this.operations.find(isWanted);
      if (found !== undefined || performance.now() > deadline || this.hasEnded) return found;
      await sleep(LOOK_INTERVAL, undefined, { signal });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.hasEnded || this.#child.pid === undefined) return;
    const ended = once(this.#child, "exit");
    this.#child.stdin?.end();
    const late = setTimeout(() => this.#child.kill("SIGKILL"), END_TIMEOUT);
    await ended;
    clearTimeout(late);
  }
}
