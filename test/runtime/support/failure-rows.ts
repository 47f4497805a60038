// The README's table of failures. Each row has a test.
import { readFileSync } from "node:fs";

const README = new URL("../../../runtime/README.md", import.meta.url);
const HEADING = "## What happens when something fails";

/** The test of each row, by its first cell. */
export type RowTests = Readonly<Record<string, () => Promise<void>>>;

/** The first cells of the table, in order. */
export function failureRows(): string[] {
  const [, section = ""] = readFileSync(README, "utf8").split(`${HEADING}\n`);
  const [table = ""] = section.split("\n## ");
  const rows = table.split("\n").filter((line) => line.startsWith("| "));
  // Skips the heading and its separator.
  return rows.slice(2).map((row) => (row.split("|")[1] ?? "").trim());
}
