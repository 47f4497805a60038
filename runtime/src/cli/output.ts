import { toError } from "../base/errors.ts";
import { printable } from "../base/name.ts";

/** Prints lines to stdout. Their text cannot add a line or control the terminal. @returns exit code 0 */
export function print(...lines: readonly string[]): 0 {
  process.stdout.write(lines.map((line) => `${printable(line)}\n`).join(""));
  return 0;
}

/** Prints a value as JSON. Its strings are escaped as in other output. @returns exit code 0 */
export function printJson(value: unknown): 0 {
  return print(...JSON.stringify(value, safely, 2).split("\n"));
}

const safely = (_key: string, value: unknown): unknown =>
  typeof value === "string" ? printable(value) : value;

/** User and password in a URL, except in the example form that messages show. */
const CREDENTIALS = /:\/\/(?!\[user:password@\])\S*@/g;

/** Prints one line to stderr. Passwords in URLs are hidden. */
export function complain(text: string): void {
  process.stderr.write(`${printable(text).replaceAll(CREDENTIALS, "://***@")}\n`);
}

/** `CODE: message`, or the stack of an unexpected error, in one line. */
export function describeError(error: unknown): string {
  const { name, message, stack = "", code } = toError(error) as NodeJS.ErrnoException;
  if (code?.startsWith("ERR_SRV_") === true) return `${code}: ${message}`;
  return name === "Error" ? message : stack.replaceAll(/\n +at /g, " at ");
}
