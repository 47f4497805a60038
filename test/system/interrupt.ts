/** Aborted by Ctrl-C or SIGTERM, once: a second one ends the process as ever. */
function interruption(): AbortSignal {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => interrupted.abort(new Error(`interrupted by ${signal}`)));
  }
  return interrupted.signal;
}

/** Runs a program to its exit code: 130 when it was interrupted, 1 with the message of an error. */
export function run(main: (signal: AbortSignal) => Promise<number>): void {
  const signal = interruption();
  main(signal).then(
    (code) => process.exit(code),
    (error: unknown) => {
      console.error(error instanceof Error ? error.message : error);
      process.exit(signal.aborted ? 130 : 1);
    },
  );
}
