// The table of failures of the package's pages. Each row has a test.
import { readFileSync } from "node:fs";

const PAGE = new URL("../../../runtime/docs/failures.md", import.meta.url);

/** The test of each row, by its first cell. */
export type RowTests = Readonly<Record<string, () => Promise<void>>>;

/** The first cells of the table, in order. */
export function failureRows(): string[] {
  const rows = readFileSync(PAGE, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("| "));
  // Skips the heading and its separator.
  return rows.slice(2).map((row) => (row.split("|")[1] ?? "").trim());
}
