import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

/** What is used of standard input. */
export type LineInput = Readable & { readonly isTTY?: boolean };

/** Whether the terminal is this process' own now: one in the background would be stopped when it reads. */
function isInForeground(): boolean {
  const stat = readFileSync("/proc/self/stat", "utf8");
  // After the name in parentheses: state, parent, process group, session, terminal, its foreground group.
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return group === foreground;
}

/** Lines that are read until they are disposed of. */
export interface TypedLines extends Disposable {
  /** Whether a person types them, in a terminal. */
  readonly areTyped: boolean;
}

/**
 * Calls back for each line of a terminal, a pipe or a file, one after the other: the next when the last is done.
 * @param onLine must not reject
 */
export function onLines(
  input: LineInput,
  onLine: (line: string, number: number) => Promise<void>,
  hasTerminal = isInForeground,
): TypedLines {
  const isTerminal = input.isTTY === true;
  if (isTerminal && !hasTerminal()) return { areTyped: false, [Symbol.dispose]: () => {} };
  // The terminal itself edits a line: Ctrl-C stays a signal.
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
