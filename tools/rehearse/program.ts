import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { StepError } from "./steps.ts";

/** How programs run. */
export interface Running {
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Milliseconds of a minute. Tests have shorter ones. */
  readonly minute: number;
  /** What interrupts a command that starts now. */
  readonly signal: () => AbortSignal;
}

/** Minutes for one command, and from its interrupt until it is killed. */
const TIMEOUT = 60;
const GRACE = 0.5;

/**
 * Runs a command of Terraform, the AWS CLI or a shell.
 * @returns its standard output
 * @throws StepError with its standard error; the reason of the signal after an abort
 */
export async function run(
  { variables, minute, signal }: Running,
  cwd: string,
  program: string,
  args: readonly string[],
): Promise<string> {
  const interrupted = signal();
  interrupted.throwIfAborted();
  // A process group of its own: otherwise Terraform gets each Ctrl-C twice, and after two it does not save its state.
  const options = { cwd, env: { ...variables }, detached: true } as const;
  const child = spawn(program, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  const limit = AbortSignal.timeout(TIMEOUT * minute);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const kill = (): void => {
    const isRunning = child.exitCode === null && child.signalCode === null;
    if (child.pid !== undefined && isRunning) process.kill(-child.pid, "SIGKILL");
  };
  const either = AbortSignal.any([limit, interrupted]);
  const stop = (): void => {
    child.kill("SIGINT");
    timer = setTimeout(kill, GRACE * minute);
  };
  either.addEventListener("abort", stop);
  // After a second Ctrl-C this process ends before its child.
  process.on("exit", kill);
  try {
    const output = Promise.all([text(child.stdout), text(child.stderr)]);
    const [[out, err], [code, killedBy]] = await Promise.all([output, once(child, "close")]);
    interrupted.throwIfAborted();
    if (code === 0 && !limit.aborted) return out;
    const how = limit.aborted ? `no end in ${TIMEOUT} minutes` : `exit code ${code ?? killedBy}`;
    const lines = (err.trim() === "" ? out : err).trim().split("\n");
    throw new StepError(`${args.slice(0, 2).join(" ")}: ${how}`, lines);
  } finally {
    clearTimeout(timer);
    either.removeEventListener("abort", stop);
    process.off("exit", kill);
  }
}
