import type { Writable } from "node:stream";
import { WriteStream } from "node:tty";

/** How wide a terminal is; any other output has no limit, nor has a terminal that does not know: it says 0. */
export function columnsOf(out: Writable): number {
  return out instanceof WriteStream && out.columns > 0 ? out.columns : Infinity;
}

/** Whether a picture can be drawn on it: a terminal that knows how wide it is. */
export const isScreen = (out: Writable): boolean => columnsOf(out) < Infinity;

/** Below it nothing is gained: a terminal breaks the lines itself. */
const LEAST = 20;

/**
 * One line as several that fit, broken between words. A word that is longer than a line stays whole.
 * @param indent spaces before each line but the first
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
