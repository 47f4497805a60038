import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";

/** What is used of standard input. */
export type KeyInput = Readable & {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
};

/** Ctrl-C, which a terminal in raw mode passes on as a character. */
const INTERRUPT = "\u0003";

/** Whether the terminal is this process' own now: one in the background would be stopped when it reads a key. */
function isInForeground(): boolean {
  const stat = readFileSync("/proc/self/stat", "utf8");
  // After the name in parentheses: state, parent, process group, session, terminal, its foreground group.
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return group === foreground;
}

/** Keys that are read until they are disposed of. */
export interface Keys extends Disposable {
  /** Whether they are read at all: only from a terminal. */
  readonly areRead: boolean;
}

/**
 * Calls what a key stands for as soon as it is pressed, without Enter. Ctrl-C is passed on as the signal that it is
 * elsewhere.
 */
export function onKeys(
  input: KeyInput,
  actions: Readonly<Record<string, () => void>>,
  hasTerminal = isInForeground,
): Keys {
  if (input.isTTY !== true || !hasTerminal()) {
    return { areRead: false, [Symbol.dispose]: () => {} };
  }
  const onData = (bytes: Buffer): void => {
    for (const key of String(bytes)) {
      if (key === INTERRUPT) process.kill(process.pid, "SIGINT");
      else actions[key]?.();
    }
  };
  const restore = (): unknown => input.setRawMode?.(false);
  input.setRawMode?.(true);
  input.on("data", onData).resume();
  // Also when the process is ended at once, by a second Ctrl-C.
  process.on("exit", restore);
  return {
    areRead: true,
    [Symbol.dispose]: () => {
      process.off("exit", restore);
      input.off("data", onData).pause();
      restore();
    },
  };
}
