import { visible } from "./visible.ts";

// Untrusted text in Markdown. As code it can make no link, no mention and no HTML.

/**
 * A code span that its text cannot end: the fence has more backticks than the text.
 * https://spec.commonmark.org/0.31.2/#code-spans
 */
export function code(text: string): string {
  const runs = text.match(/`+/g) ?? [];
  const fence = "`".repeat(Math.max(0, ...runs.map(({ length }) => length)) + 1);
  // Without a space, a backtick of the text would lengthen the fence. Renderers remove one space on both sides.
  const isPadded = runs.length > 0 || text.trim() === "";
  const pad = isPadded ? " " : "";
  return `${fence}${pad}${visible(text)}${pad}${fence}`;
}
