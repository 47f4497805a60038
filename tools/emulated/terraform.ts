import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";

/** A command of Terraform that failed, or took too long. */
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
  /** How long a command may take, in milliseconds. */
  readonly timeout: number;
  /** How long a command may take to end after it was interrupted, in milliseconds. @default 30 000 */
  readonly grace?: number;
}

export interface RunOptions {
  readonly signal?: AbortSignal;
  /** In place of the bound of every command, in milliseconds. */
  readonly timeout?: number;
}

/** Runs Terraform in one folder, a command at a time, each with a bound. */
export class Terraform {
  readonly #options: TerraformOptions;

  constructor(options: TerraformOptions) {
    this.#options = options;
  }

  /**
   * @returns what it wrote to standard output
   * @throws TerraformError with what it wrote to standard error; the reason of `signal` when that aborts
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
      // A group of its own: Ctrl-C would reach Terraform twice, and twice means to lose the state.
      detached: true,
    });
    const bound = AbortSignal.timeout(timeout);
    const interrupted = AbortSignal.any(signal === undefined ? [bound] : [bound, signal]);
    const letGo = this.#endOn(interrupted, child);
    const [stdout, stderr, [code, killedBy]] = await Promise.all([
      text(child.stdout),
      text(child.stderr),
      once(child, "close"),
    ])
      .catch((cause: unknown) => {
        throw new TerraformError(`${program}: ${String(cause)}`, { cause });
      })
      .finally(letGo);
    signal?.throwIfAborted();
    const [command] = args;
    if (bound.aborted) {
      throw new TerraformError(`${command}: not done after ${timeout / 1000} s (--timeout)`);
    }
    if (code === 0) return stdout;
    const said = stderr.trim() === "" ? stdout : stderr;
    throw new TerraformError(`${command}: exit code ${code ?? killedBy}\n${said.trim()}`);
  }

  /**
   * Interrupts a command, so that it writes its state; kills it with its providers after the grace.
   * @returns a function that ends the watch
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
    // The process may end before its child: after a second Ctrl-C.
    process.on("exit", kill);
    return () => {
      clearTimeout(timer);
      interrupted.removeEventListener("abort", interrupt);
      process.off("exit", kill);
    };
  }
}
