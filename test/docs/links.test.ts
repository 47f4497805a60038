import { existsSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { anchorsOf, linksOf, pagePaths } from "../support/markdown.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Why a link leads nowhere; undefined for one that does, and for addresses of other sites. */
function problemOf(link: string, from: string): string | undefined {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [path = "", anchor] = link.split("#");
  const target = path === "" ? join(ROOT, from) : join(ROOT, dirname(from), path);
  if (!existsSync(target)) return `${from}: there is no ${link}`;
  if (anchor === undefined || statSync(target).isDirectory()) return undefined;
  const isThere = anchorsOf(readFileSync(target, "utf8")).has(anchor);
  return isThere ? undefined : `${from}: no heading is called ${link}`;
}

it("every link of a page leads to a file and a heading that are there", () => {
  const links = pagePaths().flatMap((from) =>
    linksOf(readFileSync(join(ROOT, from), "utf8")).map((link) => ({ from, link })),
  );
  expect(links.length).toBeGreaterThan(100);
  expect(links.flatMap(({ from, link }) => problemOf(link, from) ?? [])).toEqual([]);
});

it("a link to a file or a heading that is not there is found", () => {
  expect(problemOf("docs/gone.md", "README.md")).toBe("README.md: there is no docs/gone.md");
  expect(problemOf("docs/costs.md#gone", "README.md")).toBe(
    "README.md: no heading is called docs/costs.md#gone",
  );
  expect(problemOf("#limits", "README.md")).toBeUndefined();
});
