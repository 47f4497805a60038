import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { guide } from "../../../../harness/plays/scenarios/migrate.ts";
import { live, REHEARSAL_FOLDER } from "../../../../harness/plays/migration/live-environment.ts";
import { objectsIn, stepsOf } from "./page.ts";

const page = readFileSync(new URL("../../../../docs/migration.md", import.meta.url), "utf8");
const steps = stepsOf(page, "From one task to two services");

describe("docs/migration.md", () => {
  it("has the steps of its scenario, with the same titles and order", () => {
    expect(steps.map(({ title }) => title)).toEqual(guide.map(({ title }) => title));
  });

  it("has a way back at each of the first eight steps", () => {
    const ways = steps.map(({ text }) => /way back/i.test(text));
    expect(ways.slice(0, 8)).toEqual(Array.from({ length: 8 }, () => true));
  });

  it("shows the played environment", () => {
    expect(objectsIn(page, "live")).toEqual([live]);
    expect(live.fileSystem.path).toBe(REHEARSAL_FOLDER);
  });
});
