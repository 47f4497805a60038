import { Interruption, interruption } from "./interruption.ts";
import { errorText } from "./error-text.ts";
import { USAGE_ERROR, UsageError } from "./options.ts";
import { visibleLines } from "./visible.ts";

/** What a command exits with when the reader of its output has gone. */
const UNREAD = 130;

/** What a command exits with that was ended before its time. */
export const exitCodeAfter = ({ reason }: AbortSignal): number =>
  reason instanceof Interruption ? reason.exitCode : UNREAD;

/** The reader of the output, or the terminal, has gone, so there is no one to tell. */
const isUnread = (error: unknown): boolean =>
  error instanceof Error && ["EPIPE", "EIO"].includes(String(Reflect.get(error, "code")));

/**
 * Runs a program and exits with its code: 129, 130 or 143 when a signal has ended it, 130 when the reader of its
 * output has gone; 2 for a mistake in its arguments and 1 for any other error, with the message.
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
        console.error(error instanceof Error ? visibleLines(errorText(error)) : error);
      process.exit(
        signal.aborted ? exitCodeAfter(signal) : thrown instanceof UsageError ? USAGE_ERROR : 1,
      );
    },
  );
}
