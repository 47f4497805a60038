import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { codeIn } from "../support/markdown.ts";

const ROOT = join(import.meta.dirname, "../..");
const page = readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8");

it("the table of commands has every script of package.json", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    scripts: object;
  };
  const rows = page.split("\n").filter((line) => line.startsWith("| "));
  const told = rows.flatMap((row) =>
    Array.from(row.matchAll(/`npm (?:run )?([\w:]+)/g), ([, name = ""]) => name),
  );
  expect(Object.keys(scripts).filter((name) => !told.includes(name))).toEqual([]);
});

/** The tree: what it has of a folder, with the lines below it. */
const tree = codeIn(page, "text")[0]?.split(/^(?=\S)/m) ?? [];

it.each(["stacks", "harness", "test"])("the tree has every folder of %s", (folder) => {
  const part = tree.find((each) => each.startsWith(`${folder}/`)) ?? "";
  const named = Array.from(part.matchAll(/[\w-]+(?=\/)/g), ([name]) => name);
  const folders = readdirSync(join(ROOT, folder), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name);
  expect(folders.length).toBeGreaterThan(5);
  expect(folders.filter((name) => !named.includes(name))).toEqual([]);
});
