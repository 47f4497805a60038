import { USAGE_ERROR, UsageError } from "./command-line.ts";

/** Aborted by the first Ctrl-C or SIGTERM; a second one ends the process. */
function interruption(): AbortController {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => interrupted.abort(new Error(`interrupted by ${signal}`)));
  }
  return interrupted;
}

/** The reader of the output has gone, so there is no one to tell. */
const isUnread = (error: unknown): boolean =>
  error instanceof Error && Reflect.get(error, "code") === "EPIPE";

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
      if (!isUnread(error)) console.error(error instanceof Error ? error.message : error);
      process.exit(signal.aborted ? 130 : thrown instanceof UsageError ? USAGE_ERROR : 1);
    },
  );
}
