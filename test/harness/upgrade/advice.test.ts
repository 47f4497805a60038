import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const repository = join(import.meta.dirname, "../../..");
const folder = join(repository, "harness/upgrade");
const sources = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
const named = [...sources.join("\n").matchAll(/\((docs\/[\w-]+\.md)(?:, ([^)]+))?\)/g)];
const sections = new Map(named.map(([text, page = "", title = ""]) => [text, { page, title }]));

it("some advice names a section of the docs", () => {
  expect(sections.size).toBeGreaterThan(1);
});

it.each([...sections])("%s in an advice is an existing section", (_, where) => {
  expect(readFileSync(join(repository, where.page), "utf8")).toContain(`\n## ${where.title}\n`);
});
