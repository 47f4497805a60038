import { SrvDialError, toError } from "../base/errors.ts";
import { UNPRINTABLE, printable } from "../base/name.ts";

/** Prints lines to stdout. Their text cannot add a line or control the terminal. @returns exit code 0 */
export function print(...lines: readonly string[]): 0 {
  process.stdout.write(lines.map((line) => `${printable(line)}\n`).join(""));
  return 0;
}

/** Prints a value as JSON, with characters that could control the terminal escaped. @returns exit code 0 */
export function printJson(value: unknown): 0 {
  const lines = JSON.stringify(value, undefined, 2).split("\n");
  return print(...lines.map((line) => line.replaceAll(UNPRINTABLE, escapeUnits)));
}

function escapeUnits(text: string): string {
  const units = text.split("").map((unit) => unit.charCodeAt(0).toString(16).padStart(4, "0"));
  return units.map((hex) => `\\u${hex}`).join("");
}

/** User and password in a URL, except in the example form that messages show. */
const CREDENTIALS = /:\/\/(?!\[user:password@\])\S*@/g;

/** Prints one line to stderr. Passwords in URLs are hidden. */
export function complain(text: string): void {
  process.stderr.write(`${printable(text).replaceAll(CREDENTIALS, "://***@")}\n`);
}

/** `CODE: message`, or the stack of an unexpected error, in one line. */
export function describeError(error: unknown): string {
  if (error instanceof SrvDialError) return `${error.code}: ${error.message}`;
  const { name, message, stack = "" } = toError(error);
  return name === "Error" ? message : stack.replaceAll(/\n +at /g, " at ");
}
