import { SrvDialError } from "../base/errors.ts";
import { printable } from "../base/name.ts";

/** Prints lines to stdout. Their text cannot add a line or control the terminal. @returns exit code 0 */
export function print(...lines: readonly string[]): 0 {
  process.stdout.write(lines.map((line) => `${printable(line)}\n`).join(""));
  return 0;
}

/** User and password in a URL, except in the example form that messages show. */
const CREDENTIALS = /:\/\/(?!\[user:password@\])\S*@/g;

/** Prints one line to stderr. Passwords in URLs are hidden. */
export function complain(text: string): void {
  process.stderr.write(`${printable(text).replaceAll(CREDENTIALS, "://***@")}\n`);
}

/** `CODE: message`, or the stack of an unexpected error, in one line. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // The errors of Node's dual-stack connect have messages only in their parts.
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map(describeError).join("; ");
  }
  if (error instanceof SrvDialError) return `${error.code}: ${error.message}`;
  // OpenSSL's messages end with a line break.
  const message = error.message.trimEnd();
  if ("code" in error) {
    const code = String(error.code);
    return message.includes(code) ? message : `${code}: ${message}`;
  }
  return error.name === "Error" ? message : (error.stack ?? "").replaceAll(/\n +at /g, " at ");
}

/** A duration in ms for people to read. */
export function formatDuration(ms: number): string {
  return `${ms.toFixed(ms < 100 ? 1 : 0)} ms`;
}

/** Lines of JSON. Unprintable characters are escaped as in JSON, so that the output stays valid JSON. */
export function formatJson(value: unknown, fields?: string[]): string[] {
  const lines = JSON.stringify(value, fields, 2).split("\n");
  return lines.map((line) => printable(line, escapeAsJson));
}

function escapeAsJson(character: string): string {
  const units = Array.from({ length: character.length }, (_, index) => character.charCodeAt(index));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}

/** A table with headings and aligned columns; the last column is not padded. */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const lines = [headings, ...rows.map((row) => row.map((cell) => printable(cell)))];
  const widths = headings.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? "").length)),
  );
  const pad = (cell: string, column: number): string =>
    column === headings.length - 1 ? cell : cell.padEnd(widths[column] ?? 0);
  return lines.map((line) => line.map(pad).join("  "));
}
