import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { titleOf } from "../../../harness/plays/faults/fault.ts";
import { faults } from "../../../harness/plays/faults/index.ts";
import { FIGURES } from "../../../harness/plays/stage/measures.ts";
import type { Recording } from "../../../harness/plays/stage/recording.ts";
import { readResults } from "../../../harness/results/results.ts";
import { makeResults } from "../../../harness/results/write-results.ts";
import { brokenIn, faultResults, faultResultsOf } from "../../../harness/views/fault-results.ts";
import { renderFaults } from "../../../harness/views/fault-table.ts";

const step = "Redis hangs";
const figures = Object.entries({
  [FIGURES.away]: "8.00 s",
  [FIGURES.recovery]: "0.05 s",
  [FIGURES.redisStarts]: "1",
  [FIGURES.appStarts]: "2",
  "acknowledged writes lost": "3",
}).map(([name, value]) => ({ step, name, value }));

const recording = (statuses: readonly number[], changes: Partial<Recording> = {}): Recording => ({
  scenario: "fault",
  title: step,
  environment: "dev",
  seed: 1,
  startedAt: 0,
  endedAt: 100,
  steps: [
    { title: "first deploy", at: 0 },
    { title: step, at: 10 },
  ],
  events: [],
  requests: [
    { sentAt: 5, endedAt: 6, status: 500 },
    ...statuses.map((status) => ({ sentAt: 20, endedAt: 21, status })),
  ],
  figures,
  expectations: [],
  faults: [],
  ...changes,
});

const row = (after: Recording, before?: Recording): string => {
  const fault = { title: step, inAws: "a fork" };
  const played = faultResultsOf([{ fault, after, before }]);
  const page = renderFaults(makeResults("npm run faults", played, {}, new Date(0)));
  expect(page).toContain("Written by `npm run faults`: 1970-01-01, ");
  return (
    page
      .split("\n")
      .find((line) => line.startsWith("| **"))
      ?.replaceAll(/ +/g, " ") ?? ""
  );
};

test("a failed play has its reason and no figures", () => {
  const broken = recording([201], {
    figures: [],
    expectations: [{ step, claim: "the step completes", held: false, seen: "a|b" }],
  });
  expect(row(broken)).toContain("| failed: a\\|b | ? | ? |");
  const fault = { title: step, inAws: "a fork" };
  expect(brokenIn(faultResultsOf([{ fault, after: recording([201]), before: broken }]))).toEqual([
    "Redis hangs, in the old setup: a|b",
  ]);
  expect(brokenIn(faultResultsOf([{ fault, after: broken, before: undefined }]))).toEqual([
    "Redis hangs: a|b",
  ]);
  expect(brokenIn(faultResultsOf([{ fault, after: recording([503]), before: undefined }]))).toEqual(
    [],
  );
});

test("docs/faults.md is generated from studies/results/faults.json, which has every fault", () => {
  const page = readFileSync(new URL("../../../docs/faults.md", import.meta.url), "utf8");
  const results = readResults("faults");
  expect(page).toBe(renderFaults(results));
  const listed = faultResults.parse(results.figures).faults;
  expect(listed.map(({ title, inAws }) => `${title}: ${inAws}`)).toEqual(
    faults.map((fault) => `${titleOf(fault)}: ${fault.inAws}`),
  );
});
