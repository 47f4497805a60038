import { expect, test } from "vitest";
import { renderReport } from "../../../../harness/views/report/report.ts";
import { sampleRecording } from "./sample.ts";

test("the page has no scripts and loads nothing", () => {
  const page = renderReport([sampleRecording()]);
  expect(page).not.toMatch(/<script|<link|<img|@import|url\(|https?:/);
});

test("recorded text is escaped", () => {
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

test("an empty recording has a page", () => {
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
