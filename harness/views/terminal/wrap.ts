import type { Writable } from "node:stream";
import { WriteStream } from "node:tty";

/** The width of a terminal. Infinite for other outputs and for a terminal with the unknown width 0. */
export function columnsOf(out: Writable): number {
  return out instanceof WriteStream && out.columns > 0 ? out.columns : Infinity;
}

/** Whether the output is a terminal with a known width. */
export const isScreen = (out: Writable): boolean => columnsOf(out) < Infinity;

/** The minimum width for wrapping. Below it the terminal wraps lines itself. */
const LEAST = 20;

/**
 * Wraps a line between words. A longer word is not split.
 * @param indent spaces before each line except the first
 */
export function wrapped(line: string, columns: number, indent = 0): string {
  if (line.length <= columns || columns - indent < LEAST) return line;
  const [start = ""] = /^ */.exec(line) ?? [];
  const lines: string[] = [];
  let current = start;
  let isEmpty = true;
  for (const word of line.slice(start.length).split(" ")) {
    if (!isEmpty && current.length + 1 + word.length > columns) {
      lines.push(current);
      current = " ".repeat(indent);
      isEmpty = true;
    }
    current += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, current].join("\n");
}
