import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { anchorsOf, linksOf, pagePaths } from "../support/markdown.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Why a link is broken. Undefined for a correct link or another site. */
function problemOf(link: string, from: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? join(ROOT, from) : join(ROOT, dirname(from), path);
  if (!existsSync(target)) return `${from}: there is no ${link}`;
  if (anchor === undefined || statSync(target).isDirectory()) return undefined;
  const isThere = anchorsOf(readFileSync(target, "utf8")).has(anchor.replaceAll("\\_", "_"));
  return isThere ? undefined : `${from}: no heading is called ${link}`;
}

it("every link of a page has an existing file and heading", () => {
  // The changelog may link to former pages and headings.
  const links = pagePaths()
    .filter((page) => page !== "CHANGELOG.md")
    .flatMap((from) =>
      linksOf(readFileSync(join(ROOT, from), "utf8")).map((link) => ({ from, link })),
    );
  expect(links.length).toBeGreaterThan(100);
  expect(links.flatMap(({ from, link }) => problemOf(link, from) ?? [])).toEqual([]);
});

/** The repository paths that a page has as code. `NAME` and `*` are placeholders. */
function pathsIn(page: string): string[] {
  const path = /`((?:\.github|docs|examples|harness|runtime|stacks|test)\/[\w./-]+)`/g;
  return Array.from(page.matchAll(path), ([, found = ""]) => found).filter(
    (found) => !found.includes("NAME"),
  );
}

/** A file of the reader's own, and what a command writes that Git ignores. */
const NOT_HERE = ["test/mine.test.ts", "docs/reference/"];

it("every path in a page exists", () => {
  const paths = pagePaths()
    .filter((page) => page !== "CHANGELOG.md")
    .flatMap((page) =>
      pathsIn(readFileSync(join(ROOT, page), "utf8")).map((path) => ({ page, path })),
    );
  expect(paths.length).toBeGreaterThan(50);
  const missing = paths.filter(
    ({ path }) => !NOT_HERE.includes(path) && !existsSync(join(ROOT, path)),
  );
  expect(missing).toEqual([]);
});
