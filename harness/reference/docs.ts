import type { ApiDocs } from "./api.ts";

type Tag = ApiDocs["tags"][number];

/**
 * Reads a docstring.
 *
 * @param comment with its slashes and stars
 */
export function parseDocs(comment: string): ApiDocs {
  const [{ text } = { text: "" }, ...tags] = split(linesOf(comment));
  return { text, tags };
}

function linesOf(comment: string): string[] {
  return comment
    .replace(/^\/\*\*/, "")
    .replace(/\*\/$/, "")
    .split("\n")
    .map((line, at) => (at === 0 ? line.trim() : line.replace(/^\s*\* ?/, "").trimEnd()));
}

/** The text, then each tag. A tag begins a line, or stands in one behind the text: `Seconds. @default 10`. */
function split(lines: readonly string[]): Tag[] {
  const parts: { name: string; lines: string[] }[] = [{ name: "", lines: [] }];
  for (const line of lines) {
    const isCode = parts.at(-1)?.name === "example";
    const found = tagsIn(line).filter(({ index }) => index === 0 || !isCode);
    parts.at(-1)?.lines.push(line.slice(0, found[0]?.index));
    found.forEach(({ 0: written, 1: name = "", index }, at) => {
      const text = line.slice(index + written.length, found[at + 1]?.index);
      parts.push({ name, lines: [text] });
    });
  }
  return parts.map((part) => ({ name: part.name, text: part.lines.join("\n").trim() }));
}

function tagsIn(line: string): RegExpExecArray[] {
  const withoutCode = line.replaceAll(/`[^`]*`/g, (code) => "`".repeat(code.length));
  return [...withoutCode.matchAll(/(?:^|(?<=\s))@([a-z]+)(?=\s|$)/gi)];
}
