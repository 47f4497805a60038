import { expect, test } from "vitest";
import { SoakRecord } from "../../../../harness/soak/record.ts";
import { renderSoakReport } from "../../../../harness/views/soak/soak-report.ts";
import { sampleRecord, sampleVerdict } from "./sample.ts";

const page = renderSoakReport(
  sampleRecord(),
  sampleVerdict,
  "npm run soak -- --minutes 3 --seed 7",
);

test("the report has the verdict with details and the command", () => {
  expect(page).toContain("Soak of seed 7");
  expect(page).toContain("nothing &lt;is&gt; lost");
  expect(page).toContain("<small>set 1</small>");
  expect(page).toContain("npm run soak -- --minutes 3 --seed 7");
});

test("a soak without rounds has a report", () => {
  expect(renderSoakReport(new SoakRecord(1, 1), [], "npm run soak")).toContain("nothing measured");
});
