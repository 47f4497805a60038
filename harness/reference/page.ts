import type { Api, ApiEntry } from "./api.ts";
import { formatted } from "./formatted.ts";
import { inReadingOrder, linksOf, type Links } from "./links.ts";
import { sectionOf } from "./section.ts";

/** A page of the reference. */
export interface Page {
  /** From the repository's root. */
  readonly path: string;
  readonly title: string;
  /** What a reader should know before. */
  readonly intro: string;
  readonly api: Api;
  /** What each entry is for, by its name. */
  readonly about: Readonly<Record<string, string>>;
}

const GENERATED = "<!-- Written by `npm run reference`: a change here is lost. -->";

/** The text of a page, as the formatter leaves it. */
export async function render(page: Page): Promise<string> {
  const { title, intro, api } = page;
  const links = linksOf(headingsOf(page), api);
  const parts = [
    GENERATED,
    `# ${title}`,
    intro,
    contents(api, links),
    ...api.entries.flatMap((entry) => entryParts(entry, page, links)),
  ];
  return formatted("page.md", await withFormattedCode(`${parts.join("\n\n")}\n`));
}

function headingsOf({ title, api: { entries } }: Page): string[] {
  return [
    title,
    ...entries.flatMap(({ entry, names }) => [
      entry,
      ...inReadingOrder(names).map(({ name }) => name),
    ]),
  ];
}

function contents({ entries }: Api, links: Links): string {
  return entries
    .map(({ entry, names }) => {
      const list = inReadingOrder(names).map(({ name }) => `[\`${name}\`](${links.to(name)})`);
      return `- [\`${entry}\`](${links.to(entry)}): ${list.join(", ")}`;
    })
    .join("\n");
}

function entryParts({ entry, names }: ApiEntry, { api, about }: Page, links: Links): string[] {
  return [
    `## ${entry}`,
    links.prose(about[entry] ?? ""),
    ...inReadingOrder(names).flatMap((name) => sectionOf(name, api, links)),
  ];
}

const CODE = /(?<=^```ts\n).*?(?=^```$)/gms;

/** The formatter of pages leaves code as it is. */
async function withFormattedCode(page: string): Promise<string> {
  const blocks = page.match(CODE) ?? [];
  const written = await Promise.all(blocks.map((block) => formatted("block.ts", block)));
  return page.replaceAll(CODE, () => written.shift() ?? "");
}
