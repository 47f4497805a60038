import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { messageOf } from "../../command-line/error-text.ts";
import type { Variables } from "../../stacks/terraform-program.ts";

/** An answer of the AWS CLI, which has no types: a missing field fails the step. */
// oxlint-disable-next-line typescript/no-explicit-any -- see above
export type Answer = any;

/** States in which AWS does nothing any more. */
const FAILED = /"(?:ABORTED|EXPIRED|FAILED|PARTIAL|Cancelled|Failed|TimedOut)"/;

/** Minutes for one command, for most of what AWS does, and between two questions. */
const TIMEOUT = 60;
export const SOON = 15;
const PAUSE = 1 / 12;

/** Runs Terraform, the AWS CLI and shells. */
export class Programs {
  readonly #variables: Variables;
  /** Milliseconds of a minute. Tests have shorter ones. */
  readonly minute: number;
  /** Interrupts commands and waits. */
  signal: AbortSignal;

  constructor(variables: Variables, minute: number, signal: AbortSignal) {
    this.#variables = variables;
    this.minute = minute;
    this.signal = signal;
  }

  /** @returns the output @throws Error with the standard error; the reason of the signal after an abort */
  async run(cwd: string, program: string, ...args: readonly string[]): Promise<string> {
    const { minute, signal } = this;
    signal.throwIfAborted();
    // A process group of its own: otherwise Terraform gets each Ctrl-C twice, and after two it does not save its state.
    const options = { cwd, env: { ...this.#variables }, detached: true } as const;
    const limit = { timeout: TIMEOUT * minute, killSignal: "SIGINT" } as const;
    const child = spawn(program, args, { ...options, ...limit, stdio: ["ignore", "pipe", "pipe"] });
    const interrupt = (): boolean => child.kill("SIGINT");
    const kill = (): void => {
      const isRunning = child.exitCode === null && child.signalCode === null;
      if (child.pid !== undefined && isRunning) process.kill(-child.pid, "SIGKILL");
    };
    const timer = setTimeout(kill, (TIMEOUT + 1) * minute);
    signal.addEventListener("abort", interrupt);
    // After a second Ctrl-C this process ends before its child.
    process.on("exit", kill);
    try {
      const all = [text(child.stdout), text(child.stderr), once(child, "close")] as const;
      const [out, err, [code, killedBy]] = await Promise.all(all);
      signal.throwIfAborted();
      if (code === 0) return out;
      const how = `exit code ${code ?? killedBy} (limit: ${TIMEOUT} minutes)`;
      throw new Error(`${args.slice(0, 2).join(" ")}: ${how}\n${(err.trim() || out).trim()}`);
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", interrupt);
      process.off("exit", kill);
    }
  }

  /** Calls the AWS CLI. @param command words as on a page of the docs @param more words that may have spaces */
  aws(command: string, ...more: readonly string[]): Promise<Answer> {
    return this.#answer("aws", ...command.split(" "), ...more);
  }

  /** Runs a command line that an output of Terraform prints. @param rest more words for it */
  shell(line: string, ...rest: readonly string[]): Promise<Answer> {
    return this.#answer("sh", "-c", `${line} "$@"`, "sh", ...rest);
  }

  /** Calls the AWS CLI until it says what is wanted. @throws Error if AWS has failed, or after so many minutes */
  async until(command: string, isGood: (answer: Answer) => boolean, minutes = SOON) {
    const { signal } = this;
    const end = performance.now() + minutes * this.minute;
    for (;;) {
      // AWS may not know yet what was just made, and does not remove what is still in use.
      const answer: Answer = await this.aws(command).catch(messageOf);
      signal.throwIfAborted();
      if (typeof answer !== "string" && isGood(answer)) return answer;
      const said = typeof answer === "string" ? answer : JSON.stringify(answer);
      const hasFailed = FAILED.test(said);
      if (hasFailed || performance.now() > end) {
        const why = hasFailed ? "failed" : `not done within ${minutes} minutes`;
        throw new Error(`aws ${command}: ${why}\n${said}`);
      }
      await pause(PAUSE * this.minute, undefined, { signal });
    }
  }

  async #answer(program: string, ...args: readonly string[]): Promise<Answer> {
    const output = await this.run(".", program, ...args);
    return output.trim() === "" ? {} : JSON.parse(output);
  }
}
