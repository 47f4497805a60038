/** What a program ends with after a signal: 128 and the signal's number, as after one that it does not handle. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

const SIGNALS = Object.keys(EXIT_CODES) as (keyof typeof EXIT_CODES)[];

/**
 * npm passes on the Ctrl-C that the terminal sends to both, so one press is two signals: the time after the
 * first in which another is the same press, in milliseconds.
 */
const SAME_PRESS = 500;

/** Why a program ends before its time. */
export class Interruption extends Error {
  override readonly name = "Interruption";
  /** What the program ends with. */
  readonly exitCode: number;

  constructor(signal: keyof typeof EXIT_CODES) {
    super(`interrupted by ${signal}`);
    this.exitCode = EXIT_CODES[signal];
  }
}

/** Aborted by the first Ctrl-C, SIGTERM, or SIGHUP of a closed terminal; a second one ends the process. */
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
