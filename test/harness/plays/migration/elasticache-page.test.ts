import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { guide } from "../../../../harness/plays/scenarios/to-elasticache.ts";
import {
  changedOver,
  elastiCache,
  withElastiCache,
} from "../../../../harness/plays/migration/change-over.ts";
import { COMMANDS } from "../../../../harness/plays/migration/copy.ts";
import { objectsIn, stepsOf } from "./page.ts";

const page = readFileSync(new URL("../../../../docs/migration.md", import.meta.url), "utf8");
const steps = stepsOf(page, "From ECS to ElastiCache");

describe("docs/migration.md", () => {
  it("has the steps of its scenario, with the same titles and order", () => {
    expect(steps.map(({ title }) => title)).toEqual(guide.map(({ title }) => title));
  });

  it("has a way back at each step", () => {
    expect(steps.every(({ text }) => /way back/i.test(text))).toBe(true);
  });

  it("shows the Redis of each played deploy, and the played copy command", () => {
    expect(objectsIn(page, "redis")).toEqual([withElastiCache, changedOver, elastiCache]);
    expect(page).toContain(COMMANDS);
  });
});
