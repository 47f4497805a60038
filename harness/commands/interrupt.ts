import { tmpdir } from "node:os";
import { USAGE_ERROR, UsageError } from "./command-line.ts";
import { visibleLines } from "./visible.ts";

/** What a command exits with after Ctrl-C. */
export const INTERRUPTED = 130;

/**
 * npm passes on the Ctrl-C that the terminal sends to both, so one press is two signals: the time after the
 * first in which another is the same press, in milliseconds.
 */
const SAME_PRESS = 500;

/** Aborted by the first Ctrl-C or SIGTERM; a second one ends the process. */
function interruption(): AbortController {
  const interrupted = new AbortController();
  let first = 0;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (!interrupted.signal.aborted) {
        first = performance.now();
        interrupted.abort(new Error(`interrupted by ${signal}`));
      } else if (performance.now() - first > SAME_PRESS) process.exit(INTERRUPTED);
    });
  }
  return interrupted;
}

/** The reader of the output has gone, so there is no one to tell. */
const isUnread = (error: unknown): boolean =>
  error instanceof Error && Reflect.get(error, "code") === "EPIPE";

/** A write to a full disk does not say where; what a run writes is in the folder for temporary files. */
const toldOf = (error: Error): string =>
  Reflect.get(error, "code") === "ENOSPC"
    ? `${error.message}: a disk is full. Temporary files are in ${tmpdir()}; the variable TMPDIR names another folder`
    : error.message;

/**
 * Runs a program and exits with its code: 130 when it was interrupted or the reader of its output has
 * gone; 2 for a mistake in its arguments and 1 for any other error, with the message.
 */
export function run(main: (signal: AbortSignal) => Promise<number>): void {
  const interrupted = interruption();
  const { signal } = interrupted;
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => interrupted.abort(error));
  }
  main(signal).then(
    (code) => process.exit(code),
    (thrown: unknown) => {
      // What fails after an interrupt fails because of it.
      const error: unknown = signal.aborted ? signal.reason : thrown;
      if (!isUnread(error))
        console.error(error instanceof Error ? visibleLines(toldOf(error)) : error);
      process.exit(signal.aborted ? INTERRUPTED : thrown instanceof UsageError ? USAGE_ERROR : 1);
    },
  );
}
