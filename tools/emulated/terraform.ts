import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** A command of Terraform failed or timed out. */
export class TerraformError extends Error {
  override readonly name = "TerraformError";
  readonly code = "ERR_TERRAFORM_FAILED";
}

export interface TerraformOptions {
  /** Terraform or OpenTofu, by its name on PATH or its path. */
  readonly program: string;
  /** The folder of the root module. */
  readonly folder: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Timeout of a command, in milliseconds. */
  readonly timeout: number;
  /** Milliseconds between interrupting a command and killing it. @default 30 000 */
  readonly grace?: number;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds. @default the timeout of all commands */
  readonly timeout?: number;
}

/** Runs commands of Terraform in one folder, each with a timeout. */
export class Terraform {
  readonly #options: TerraformOptions;

  constructor(options: TerraformOptions) {
    this.#options = options;
  }

  /**
   * @returns its standard output
   * @throws TerraformError with its standard error; the reason of `signal` after an abort
   */
  async run(
    args: readonly string[],
    { signal, timeout = this.#options.timeout }: RunOptions = {},
  ): Promise<string> {
    signal?.throwIfAborted();
    const { program, folder, variables } = this.#options;
    const child = spawn(program, args, {
      cwd: folder,
      env: { ...variables },
      stdio: ["ignore", "pipe", "pipe"],
      // A separate process group: otherwise Terraform gets each Ctrl-C twice, and after two it stops without saving
      // its state.
      detached: true,
    });
    const limit = AbortSignal.timeout(timeout);
    const interrupted = AbortSignal.any(signal === undefined ? [limit] : [limit, signal]);
    const stopWatching = this.#endOn(interrupted, child);
    const [stdout, stderr, [code, killedBy]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ])
      .catch((cause: unknown) => {
        throw new TerraformError(`${program}: ${String(cause)}`, { cause });
      })
      .finally(stopWatching);
    signal?.throwIfAborted();
    const [command] = args;
    if (limit.aborted) {
      throw new TerraformError(`${command}: timed out after ${timeout / 1000} s (--timeout)`);
    }
    if (code === 0) return stdout;
    const output = stderr.trim() === "" ? stdout : stderr;
    throw new TerraformError(`${command}: exit code ${code ?? killedBy}\n${output.trim()}`);
  }

  /**
   * Interrupts a command on abort, so that it writes its state. After the grace, kills it with its providers.
   * @returns a function that removes the listeners
   */
  #endOn(interrupted: AbortSignal, child: ChildProcess): () => void {
    const { grace = 30_000 } = this.#options;
    let timer: NodeJS.Timeout | undefined;
    const kill = (): void => {
      const hasEnded = child.exitCode !== null || child.signalCode !== null;
      if (child.pid !== undefined && !hasEnded) process.kill(-child.pid, "SIGKILL");
    };
    const interrupt = (): void => {
      child.kill("SIGINT");
      timer = setTimeout(kill, grace);
    };
    interrupted.addEventListener("abort", interrupt);
    // After a second Ctrl-C this process ends before its child.
    process.on("exit", kill);
    return () => {
      clearTimeout(timer);
      interrupted.removeEventListener("abort", interrupt);
      process.off("exit", kill);
    };
  }
}
