import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** The used part of standard input. */
export type LineInput = Readable & { readonly isTTY?: boolean };

/** Whether this process is in the terminal's foreground. The system stops a background process that reads. */
function isInForeground(): boolean {
  const stat = readFileSync("/proc/self/stat", "utf8");
  // After the name in parentheses: state, parent, process group, session, terminal, foreground process group.
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return group === foreground;
}

/** The lines of standard input. Disposing stops the reading. */
export interface TypedLines extends Disposable {
  /** Whether the input is a terminal in the foreground. */
  readonly areTyped: boolean;
}

/**
 * Calls `onLine` for each line of a terminal, a pipe or a file, in sequence.
 * @param onLine must not reject
 */
export function onLines(
  input: LineInput,
  onLine: (line: string, number: number) => Promise<void>,
  hasTerminal = isInForeground,
): TypedLines {
  const isTerminal = input.isTTY === true;
  if (isTerminal && !hasTerminal()) return { areTyped: false, [Symbol.dispose]: () => {} };
  // Without readline's terminal mode, Ctrl-C stays a signal.
  const lines = createInterface({ input, terminal: false });
  let done = Promise.resolve();
  let number = 0;
  let isDisposed = false;
  lines.on("line", (line) => {
    const own = ++number;
    done = done.then(() => (isDisposed ? undefined : onLine(line, own)));
  });
  return {
    areTyped: isTerminal,
    [Symbol.dispose]: () => {
      isDisposed = true;
      lines.close();
    },
  };
}
