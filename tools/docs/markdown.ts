/** A table with cells as wide as their column, as the formatter writes it. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll("|", "\\|")));
  const widths = head.map((_, column) =>
    Math.max(3, ...all.map((row) => (row[column] ?? "").length)),
  );
  const line = (row: readonly string[]) =>
    `| ${widths.map((width, column) => (row[column] ?? "").padEnd(width)).join(" | ")} |`;
  const [first = [], ...others] = all;
  const rule = widths.map((width) => "-".repeat(width));
  return [line(first), line(rule), ...others.map((row) => line(row))].join("\n");
}

/** A value as code. */
export function code(value: string): string {
  return `\`${value}\``;
}

export const generated = "<!-- Written by `npm run docs`: a change here is lost. -->";

/** Text for Markdown with every character visible: `<` outside code would be HTML. */
export function prose(words: string): string {
  return words
    .split(/(`[^`]*`)/)
    .map((part) =>
      part.startsWith("`") ? part : part.replaceAll("<", "&lt;").replaceAll("*", "\\*"),
    )
    .join("");
}
