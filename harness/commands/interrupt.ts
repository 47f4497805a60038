import { USAGE_ERROR, UsageError } from "./command-line.ts";

/** Aborted by Ctrl-C or SIGTERM, once: a second one ends the process as ever. */
function interruption(): AbortController {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => interrupted.abort(new Error(`interrupted by ${signal}`)));
  }
  return interrupted;
}

/** Nobody reads any more: there is nobody to tell. */
const isUnread = (error: unknown): boolean =>
  error instanceof Error && Reflect.get(error, "code") === "EPIPE";

/**
 * Runs a program to its exit code: 130 when it was interrupted, also by a reader of its output that has
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
    (error: unknown) => {
      if (!isUnread(error)) console.error(error instanceof Error ? error.message : error);
      process.exit(signal.aborted ? 130 : error instanceof UsageError ? USAGE_ERROR : 1);
    },
  );
}
