import { expect, test } from "vitest";
import { SoakRecord } from "../../../../harness/soak/record.ts";
import { renderSoakReport } from "../../../../harness/views/soak/soak-report.ts";
import { sampleRecord, sampleVerdict } from "./sample.ts";

const page = renderSoakReport(
  sampleRecord(),
  sampleVerdict,
  "npm run soak -- --minutes 3 --seed 7",
);

test("the report has the verdict, what shows it, and the command", () => {
  expect(page).toContain("Soak of seed 7");
  expect(page).toContain("nothing &lt;is&gt; lost");
  expect(page).toContain("<small>set 1</small>");
  expect(page).toContain("npm run soak -- --minutes 3 --seed 7");
});

test("each chart says what it shows in words, on a scale from 0", () => {
  expect(page).toContain("30 values, from 0.8 s to 0.8 s");
  expect(page).toContain("30 values, from 20.0 MiB to 20.0 MiB");
  expect(page).toContain("30 values, from 9 to 9");
  expect(page.match(/<path class="median" d="M[\d.,L]+/g)).toHaveLength(4);
  expect(page).toContain("0.0 MiB");
});

test("a soak that ended before its first round has a report", () => {
  expect(renderSoakReport(new SoakRecord(1, 1), [], "npm run soak")).toContain("nothing measured");
});
