// What tests read in a page of `docs/`.

export interface PageStep {
  readonly title: string;
  readonly text: string;
}

/**
 * The steps of a part of a page: the numbered headings below its own.
 * @throws when their numbers are not 1, 2, 3 and so on
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

/** The objects of that name that a page shows, in the notation of TypeScript. */
export function objectsIn(page: string, name: string): unknown[] {
  const shown = new RegExp(`\`\`\`ts\\n${name}: (\\{.*?\\n\\})\\n\`\`\``, "gs");
  return [...page.matchAll(shown)].map(([, text = ""]) => JSON.parse(asJson(text)) as unknown);
}

/** Without quotes around names, underscores in numbers and commas at the end. */
const asJson = (text: string): string =>
  text
    .replaceAll(/(\d)_(\d)/g, "$1$2")
    .replaceAll(/([{,]\s*)(\w+):/g, '$1"$2":')
    .replaceAll(/,(\s*[}\]])/g, "$1");
