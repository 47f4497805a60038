import { readdirSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");

/** A fenced block of code. */
interface CodeBlock {
  readonly language: string;
  readonly code: string;
}

const FENCE = /^```(\S*)\n(.*?)^```$/gms;

/** The blocks of code of a page. */
function blocksOf(page: string): CodeBlock[] {
  return Array.from(page.matchAll(FENCE), ([, language = "", code = ""]) => ({ language, code }));
}

/** The blocks of code in one language. */
export const codeIn = (page: string, language: string): string[] =>
  blocksOf(page)
    .filter((block) => block.language === language)
    .map(({ code }) => code);

/** The anchors of a page: those in it, and those that GitHub makes from headings. */
export function anchorsOf(page: string): Set<string> {
  const seen = new Map<string, number>();
  const headings = withoutCode(page).matchAll(/^#+ (.+)$/gm);
  const own = Array.from(page.matchAll(/<a name="([^"]+)">/g), ([, name = ""]) => name);
  return new Set([
    ...own,
    ...Array.from(headings, ([, heading = ""]) => {
      const name = heading
        .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, "")
        .replaceAll(" ", "-");
      const earlier = seen.get(name) ?? 0;
      seen.set(name, earlier + 1);
      return earlier === 0 ? name : `${name}-${earlier}`;
    }),
  ]);
}

/** The targets of a page's links and images. */
export function linksOf(page: string): string[] {
  const text = withoutCode(page).replaceAll(/`[^`\n]*`/g, (code) => code.replaceAll(/[[\]]/g, ""));
  return Array.from(text.matchAll(/\]\(([^()\s]+)\)/g), ([, target = ""]) => target);
}

const withoutCode = (page: string): string => page.replaceAll(FENCE, "");

/** Folders without pages, or with generated ones. */
const FOREIGN = new Set(["node_modules", "dist", "cdktf.out", "artifacts", "temp"]);
const GENERATED = new Set(["docs/reference", "runtime/api"]);

/** The paths of the repository's pages, from its root. */
export function pagePaths(folder = ""): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isFile()) return path.endsWith(".md") ? [path] : [];
    const isOurs = !FOREIGN.has(entry.name) && !GENERATED.has(path) && !entry.name.startsWith(".");
    return entry.isDirectory() && isOurs ? pagePaths(path) : [];
  });
}
