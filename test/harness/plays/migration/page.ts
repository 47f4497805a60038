// Reads pages of `docs/`.

export interface PageStep {
  readonly title: string;
  readonly text: string;
}

/**
 * The steps of a section: its numbered headings.
 * @throws if the numbers are not consecutive
 */
export function stepsOf(page: string, part: string): PageStep[] {
  const [, rest = ""] = page.split(`\n## ${part}\n`);
  const [text = ""] = rest.split(/^## /m);
  const sections = text.split(/^### (?=\d+\. )/m).slice(1);
  return sections.map((section, index) => {
    const [, number, title = ""] = /^(\d+)\. (.*)/.exec(section) ?? [];
    if (number !== String(index + 1)) throw new Error(`step ${index + 1} has the number ${number}`);
    return { title, text: section.split(/^### /m, 1)[0] ?? "" };
  });
}

/** The TypeScript objects with a name in a page. */
export function objectsIn(page: string, name: string): unknown[] {
  const shown = new RegExp(`\`\`\`ts\\n${name}: (\\{.*?\\n\\})\\n\`\`\``, "gs");
  return [...page.matchAll(shown)].map(([, text = ""]) => JSON.parse(asJson(text)) as unknown);
}

/** Converts names without quotes, underscores in numbers and trailing commas. */
const asJson = (text: string): string =>
  text
    .replaceAll(/(\d)_(\d)/g, "$1$2")
    .replaceAll(/([{,]\s*)(\w+):/g, '$1"$2":')
    .replaceAll(/,(\s*[}\]])/g, "$1");
