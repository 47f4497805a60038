import { SrvDialError } from "../base/errors.ts";

/** One line on stdout. @returns exit code 0 */
export function print(text: string): 0 {
  process.stdout.write(`${text}\n`);
  return 0;
}

/** One line on stderr. A URL that was given in the wrong place does not show its password. */
export function complain(text: string): void {
  process.stderr.write(`${text.replaceAll(/(:\/\/[^\s/@:]*:)[^\s/@]*@/g, "$1***@")}\n`);
}

/** `CODE: message`; the whole stack of an unexpected error. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node's dual-stack connect tells its reasons in the parts alone.
  if (error instanceof AggregateError && error.message === "") {
    return error.errors.map(describeError).join("; ");
  }
  if (error instanceof SrvDialError) return `${error.code}: ${error.message}`;
  if (!("code" in error)) return error.name === "Error" ? error.message : (error.stack ?? "");
  const code = String(error.code);
  // The first sentence says it; the next ones are about operands that look like options.
  if (code.startsWith("ERR_PARSE_ARGS_")) return error.message.replace(/\. To specify .*/s, "");
  return error.message.includes(code) ? error.message : `${code}: ${error.message}`;
}

/** A duration in ms as people read it. */
export function formatDuration(ms: number): string {
  return `${ms.toFixed(ms < 100 ? 1 : 0)} ms`;
}

/** Rows under their headings, in columns; the last one is not padded. */
export function formatTable(
  headings: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const lines = [headings, ...rows];
  const widths = headings.map((_, column) =>
    Math.max(...lines.map((line) => (line[column] ?? "").length)),
  );
  const pad = (cell: string, column: number): string =>
    column === headings.length - 1 ? cell : cell.padEnd(widths[column] ?? 0);
  return lines.map((line) => line.map(pad).join("  ")).join("\n");
}
