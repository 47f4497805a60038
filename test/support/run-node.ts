import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

interface RunNodeOptions {
  /** Beside those of this process. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/**
 * Runs Node.js to its end in the repository's folder, with all that it writes on stderr: stdout is the command's own.
 *
 * @returns its exit code; null when a signal has ended it
 * @throws the reason of `signal` when that aborts, once Node.js has ended
 */
export async function runNode(
  args: readonly string[],
  { variables, signal }: RunNodeOptions,
): Promise<number | null> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    env: { ...process.env, ...variables },
    stdio: ["ignore", 2, 2],
  });
  const interrupt = (): boolean => child.kill("SIGINT");
  signal.addEventListener("abort", interrupt);
  const [code]: (number | null)[] = await once(child, "close").finally(() =>
    signal.removeEventListener("abort", interrupt),
  );
  signal.throwIfAborted();
  return code ?? null;
}
