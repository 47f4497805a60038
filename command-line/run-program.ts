import { setImmediate } from "node:timers/promises";
import { Interruption, interruption } from "./interruption.ts";
import { errorText } from "./error-text.ts";

/** Errors whose message says all that a user needs. */
type Expected = abstract new (...args: never[]) => Error;

/**
 * Runs a command to its end. What is expected to fail, and a file that cannot be read or written, is told by its
 * message alone; all else is a mistake in the command, and keeps its stack.
 *
 * @param main gives the exit code
 * @param expected beside errors that have an exit code, such as mistakes in the arguments and in `environments.ts`
 */
export async function runProgram(
  main: (signal: AbortSignal) => Promise<number>,
  expected: readonly Expected[] = [],
): Promise<void> {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", takeUnread);
  const { signal } = interruption();
  try {
    const exitCode = await main(signal);
    // A synthesis lets no signal in: it comes within the next two turns of the event loop.
    for (let turn = 0; turn < 2; turn++) await setImmediate();
    signal.throwIfAborted();
    process.exitCode = exitCode;
  } catch (thrown) {
    // What fails after an interrupt fails because of it.
    const error: unknown = signal.aborted ? signal.reason : thrown;
    process.exitCode = exitCodeOf(error);
    if (process.exitCode === 0) return;
    const isExpected = hasExitCode(error) || expected.some((kind) => error instanceof kind);
    if (!(error instanceof Error) || !(isExpected || "syscall" in error)) throw error;
    const message = errorText(error).replace(/^error: /, "");
    console.error(error instanceof Interruption ? message : `error: ${message}`);
  }
}

/** A reader may have seen enough, as `head` has: what is written to files is written all the same. */
function takeUnread(error: Error): void {
  if (Reflect.get(error, "code") !== "EPIPE") throw error;
}

const hasExitCode = (error: unknown): error is { readonly exitCode: number } =>
  error instanceof Error && typeof Reflect.get(error, "exitCode") === "number";

/** What a command ends with after an error: what the error says (0 after a help text, 2 for wrong arguments), else 1. */
export const exitCodeOf = (error: unknown): number => (hasExitCode(error) ? error.exitCode : 1);
