import { setImmediate } from "node:timers/promises";
import { Interruption, interruption } from "./interruption.ts";
import { errorText } from "./error-text.ts";

/** Errors whose message is enough for the user. */
type Expected = abstract new (...args: never[]) => Error;

/**
 * Runs a command and sets the exit code. Expected errors and failed system calls print only their message.
 * Any other error is a bug in the command and is thrown, with its stack.
 *
 * @param main returns the exit code
 * @param expected error classes, in addition to those with an exit code: wrong arguments, errors in `environments.ts`
 */
export async function runProgram(
  main: (signal: AbortSignal) => Promise<number>,
  expected: readonly Expected[] = [],
): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", ignoreClosedPipe);
  const { signal } = interruption();
  try {
    const exitCode = await main(signal);
    // A signal that arrives during a synthesis, which is synchronous, is delivered within two turns of the event loop.
    for (let turn = 0; turn < 2; turn++) await setImmediate();
    signal.throwIfAborted();
    process.exitCode = exitCode;
  } catch (thrown) {
    // An error after an interruption is caused by it.
    const error: unknown = signal.aborted ? signal.reason : thrown;
    process.exitCode = exitCodeOf(error);
    if (process.exitCode === 0) return;
    const isExpected = hasExitCode(error) || expected.some((kind) => error instanceof kind);
    if (!(error instanceof Error) || !(isExpected || "syscall" in error)) throw error;
    const message = errorText(error).replace(/^error: /, "");
    console.error(error instanceof Interruption ? message : `error: ${message}`);
  }
}

/** The reader of a pipe, such as `head`, may close it early, or the terminal is closed (EIO). The work still ends. */
function ignoreClosedPipe(error: Error): void {
  if (!["EPIPE", "EIO"].includes(String(Reflect.get(error, "code")))) throw error;
}

const hasExitCode = (error: unknown): error is { readonly exitCode: number } =>
  error instanceof Error && typeof Reflect.get(error, "exitCode") === "number";

/** The exit code after an error: the error's own (0 after a help text, 2 for wrong arguments), else 1. */
export const exitCodeOf = (error: unknown): number => (hasExitCode(error) ? error.exitCode : 1);
