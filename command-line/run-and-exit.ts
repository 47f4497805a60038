import { Interruption, interruption } from "./interruption.ts";
import { errorText } from "./error-text.ts";
import { exitCodeOf } from "./run-program.ts";
import { visibleLines } from "./visible.ts";

/** The exit code when the reader of the output has closed the pipe. */
const UNREAD = 130;

/** The exit code of an interrupted command. */
export const exitCodeAfter = ({ reason }: AbortSignal): number =>
  reason instanceof Interruption ? reason.exitCode : UNREAD;

/** The reader of the output or the terminal is closed, so no message can be printed. */
const isUnread = (error: unknown): boolean =>
  error instanceof Error && ["EPIPE", "EIO"].includes(String(Reflect.get(error, "code")));

/**
 * Runs a program and exits with its code: 129, 130 or 143 after a signal, 130 when the reader of the output closes
 * the pipe, 2 for wrong arguments and 1 for any other error. Errors print their message.
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
      // An error after an interruption is caused by it.
      const error: unknown = signal.aborted ? signal.reason : thrown;
      if (!isUnread(error))
        console.error(error instanceof Error ? visibleLines(errorText(error)) : error);
      process.exit(signal.aborted ? exitCodeAfter(signal) : exitCodeOf(thrown));
    },
  );
}
