/** What tests read in a page of `docs/`. */

export interface PageStep {
  readonly title: string;
  readonly text: string;
}

/**
 * The steps of a page: its numbered headings.
 * @throws when their numbers are not 1, 2, 3 and so on
 */
export function stepsOf(page: string): PageStep[] {
  const sections = page.split(/^## (?=\d+\. )/m).slice(1);
  return sections.map((text, index) => {
    const [, number, title = ""] = /^(\d+)\. (.*)/.exec(text) ?? [];
    if (number !== String(index + 1)) throw new Error(`step ${index + 1} has the number ${number}`);
    return { title, text: text.split(/^## /m, 1)[0] ?? "" };
  });
}

/** The environment of that name as a page shows it, an object in the notation of TypeScript. */
export function environmentIn(page: string, name: string): unknown {
  const shown =
    new RegExp(`\`\`\`ts\\n${name}: (\\{.*?\\n\\})\\n\`\`\``, "s").exec(page)?.[1] ?? "";
  const json = shown
    .replaceAll(/(\d)_(\d)/g, "$1$2")
    .replaceAll(/([{,]\s*)(\w+):/g, '$1"$2":')
    .replaceAll(/,(\s*[}\]])/g, "$1");
  return JSON.parse(json);
}
