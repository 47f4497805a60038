import { expect, test } from "vitest";
import { renderReport } from "../../../../harness/views/report/report.ts";
import { sampleRecording } from "./sample.ts";

test("the page needs nothing else: no address of anything, no script", () => {
  const page = renderReport([sampleRecording()]);
  expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:/);
});

test("whatever was recorded is text", () => {
  const evil = `<img src=x onerror="alert(1)">`;
  const page = renderReport([
    sampleRecording({
      title: evil,
      scenario: evil,
      environment: evil,
      steps: [{ title: evil, at: sampleRecording().startedAt }],
      figures: [{ step: evil, name: evil, value: evil }],
      expectations: [{ step: evil, claim: evil, held: false, seen: evil }],
      faults: [{ at: sampleRecording().startedAt, name: evil, target: evil }],
    }),
  ]);
  expect(page).not.toContain("<img");
  expect(page.match(/&lt;img/g)?.length).toBeGreaterThan(8);
});

test("a recording of nothing is a page as well", () => {
  const { startedAt } = sampleRecording();
  const nothing = {
    steps: [],
    events: [],
    requests: [],
    figures: [],
    expectations: [],
    faults: [],
  };
  const page = renderReport([sampleRecording({ ...nothing, endedAt: startedAt })]);
  expect(page).not.toContain("NaN");
  expect(page).not.toContain("Infinity");
});

test.each([
  [1, 1],
  [2, 1],
  [3, 3],
])("the figures of %i recordings make %i tables: two stand side by side", (count, tables) => {
  const page = renderReport(Array.from({ length: count }, () => sampleRecording()));
  expect(page.match(/<table class="figures"/g)).toHaveLength(tables);
});

/** A recording with a figure for each step. */
const played = (...steps: string[]) =>
  sampleRecording({ figures: steps.map((step) => ({ step, name: "away", value: "1 s" })) });

test("what all recordings end with stands last, after the steps that only one has", () => {
  const page = renderReport([played("kill", "writes"), played("freeze", "writes")]);
  const steps = Array.from(page.matchAll(/<th class="step"[^>]*>([^<]*)</g), ([, step]) => step);
  expect(steps).toEqual(["the whole play", "kill", "freeze", "writes"]);
});
