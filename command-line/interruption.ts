/** Exit codes by signal: 128 plus the signal's number, as shells report an unhandled signal. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

const SIGNALS = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[];

/**
 * The terminal sends Ctrl-C to npm and to this process, and npm forwards it, so one press arrives as two
 * signals. A second signal within this time, in milliseconds, belongs to the same press.
 */
const SAME_PRESS = 500;

export class Interruption extends Error {
  override readonly name = "Interruption";
  readonly exitCode: number;

  constructor(signal: keyof typeof EXIT_CODES) {
    super(`interrupted by ${signal}`);
    this.exitCode = EXIT_CODES[signal];
  }
}

/** Aborts on the first Ctrl-C, SIGTERM or SIGHUP (a closed terminal). A second signal ends the process. */
export function interruption(): AbortController {
  const interrupted = new AbortController();
  let first = 0;
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      if (!interrupted.signal.aborted) {
        first = performance.now();
        interrupted.abort(new Interruption(signal));
      } else if (performance.now() - first > SAME_PRESS) process.exit(EXIT_CODES[signal]);
    });
  }
  return interrupted;
}
