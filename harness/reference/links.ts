import type { Api, ApiName } from "./api.ts";

/** What leads a reader from one name of a page to another. */
export interface Links {
  /** The heading of a name, from its page. */
  readonly to: (name: string) => string | undefined;
  /** Markdown of what a docstring says: names and pages as links, codes of errors as code. */
  readonly prose: (text: string) => string;
}

/** @param headings every heading of the page, in its order: GitHub numbers those that are spelled alike */
export function linksOf(headings: readonly string[], { entries }: Api): Links {
  const anchors = new Map<string, string>();
  const seen = new Map<string, number>();
  for (const heading of headings) {
    const slug = heading
      .toLowerCase()
      .replaceAll(/[^\w\s-]/g, "")
      .replaceAll(" ", "-");
    const earlier = seen.get(slug) ?? 0;
    seen.set(slug, earlier + 1);
    if (!anchors.has(heading)) {
      anchors.set(heading, earlier === 0 ? `#${slug}` : `#${slug}-${earlier}`);
    }
  }
  const names = new Set(entries.flatMap((entry) => entry.names.map(({ name }) => name)));
  const link = (name: string, code: string): string => {
    const anchor = names.has(name) ? anchors.get(name) : undefined;
    return anchor === undefined ? code : `[${code}](${anchor})`;
  };
  return {
    to: (name) => anchors.get(name),
    prose: (text) => marked(text, link),
  };
}

function marked(text: string, link: (name: string, code: string) => string): string {
  return text
    .replaceAll(/\{@link (\w+)\}/g, "`$1`")
    .split(/(`[^`]*`)/)
    .map((part) => {
      if (part.startsWith("`")) return link(part.slice(1, -1), part);
      return part
        .replaceAll("<", "&lt;")
        .replaceAll(/\bERR_\w+/g, "`$&`")
        .replaceAll(/\bdocs\/([\w-]+\.md)/g, "[$&](../$1)");
    })
    .join("");
}

/** Names that are called first, then the types that they need; a function before the class of its name. */
export function inReadingOrder(names: readonly ApiName[]): ApiName[] {
  const sorted = names.toSorted((one, other) => (placeOf(one) < placeOf(other) ? -1 : 1));
  return [...sorted.filter(isCalled), ...sorted.filter((name) => !isCalled(name))];
}

const placeOf = ({ name, kind }: ApiName): string =>
  `${name.toLowerCase()} ${kind === "function" ? 0 : 1}`;

export const isCalled = ({ kind }: ApiName): boolean => kind !== "interface" && kind !== "type";
