import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { scenarioOf } from "../scenarios/index.ts";
import { guide } from "../scenarios/migrate.ts";
import { live, REHEARSAL_FOLDER } from "./environment.ts";

const page = readFileSync(new URL("../../../docs/migration.md", import.meta.url), "utf8");
const sections = page.split(/^## /m).slice(1);

const played = (name: string): string[] => scenarioOf(name).steps.map(({ title }) => title);

describe("docs/migration.md", () => {
  it("has the steps of its scenario, by their titles and in their order", () => {
    const titles = sections.map((section) => section.split("\n", 1)[0]);
    expect(titles).toEqual(guide.map(({ title }, index) => `${index + 1}. ${title}`));
  });

  it("is played by both of its scenarios, as far as there is a way back", () => {
    const titles = guide.map(({ title }) => title);
    expect(played("migrate")).toEqual(expect.arrayContaining(titles));
    expect(played("migrate-back")).toEqual(expect.arrayContaining(titles.slice(0, 7)));
  });

  it("tells the way back at each step that has one, and where there is none", () => {
    const ways = sections.map((section) => /way back/i.test(section));
    expect(ways.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => true));
  });

  it("shows the environment that is played", () => {
    const shown = /```ts\nlive: (\{.*?\n\})\n```/s.exec(page)?.[1] ?? "";
    // Trusted text of this repository, in the notation of TypeScript: read as JSON.
    const json = shown
      .replaceAll(/(\d)_(\d)/g, "$1$2")
      .replaceAll(/([{,]\s*)(\w+):/g, '$1"$2":')
      .replaceAll(/,(\s*[}\]])/g, "$1");
    expect(JSON.parse(json)).toEqual(live);
    expect(live.fileSystem.path).toBe(REHEARSAL_FOLDER);
  });
});
