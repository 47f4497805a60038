/** A Markdown table with padded cells, like the formatter's. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const [first = [], ...others] = [head, ...rows].map((row) =>
    row.map((cell) => cell.replaceAll("|", "\\|")),
  );
  const widths = first.map((name, column) =>
    Math.max(3, name.length, ...others.map((row) => row[column]?.length ?? 0)),
  );
  const line = (row: readonly string[]): string =>
    `| ${widths.map((width, column) => (row[column] ?? "").padEnd(width)).join(" | ")} |`;
  const rule = widths.map((width) => "-".repeat(width));
  return [first, rule, ...others].map(line).join("\n");
}
