import type { Api, ApiEntry, ApiName } from "./api.ts";
import { formatted } from "./formatted.ts";
import { inReadingOrder, isCalled, linksOf, type Links } from "./links.ts";
import { sectionOf } from "./section.ts";

/** A page of the reference. */
export interface Page {
  /** From the repository's root. */
  readonly path: string;
  readonly title: string;
  /** What a reader should know before. */
  readonly intro: string;
  /** What its examples begin with, as code. */
  readonly given?: string;
  readonly api: Api;
  /** What each entry is for, by its name. */
  readonly about: Readonly<Record<string, string>>;
}

const GENERATED = "<!-- Written by `npm run reference`: a change here is lost. -->";

/** The text of a page, as the formatter leaves it. */
export async function render(page: Page): Promise<string> {
  const { title, intro, given, api } = page;
  const links = linksOf(headingsOf(page), api);
  const parts = [
    GENERATED,
    `# ${title}`,
    intro,
    contents(api, links),
    ...(given === undefined ? [] : [`## ${GIVEN}`, beginning(given)]),
    ...api.entries.flatMap((entry) => entryParts(entry, page, links)),
  ];
  return formatted("page.md", await withFormattedCode(`${parts.join("\n\n")}\n`));
}

const GIVEN = "What the examples begin with";

function beginning(given: string): string {
  const about = "Imports of the names of this page are left out.";
  return `${about}\n\n\`\`\`ts\n${given}\`\`\``;
}

function headingsOf({ title, given, api: { entries } }: Page): string[] {
  return [
    title,
    ...(given === undefined ? [] : [GIVEN]),
    ...entries.flatMap(({ entry, names }) => [
      entry,
      ...inReadingOrder(names).map(({ name }) => name),
    ]),
  ];
}

function contents({ entries }: Api, links: Links): string {
  const linked = ({ name }: ApiName): string => `[\`${name}\`](${links.to(name)})`;
  return entries
    .flatMap(({ entry, names }) => {
      const all = inReadingOrder(names);
      const types = all.filter((name) => !isCalled(name));
      return [
        `- [\`${entry}\`](${links.to(entry)}): ${all.filter(isCalled).map(linked).join(", ")}`,
        ...(types.length === 0 ? [] : [`  - types: ${types.map(linked).join(", ")}`]),
      ];
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
