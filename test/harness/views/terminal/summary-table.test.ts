import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { failed, Report } from "../../../../harness/plays/stage/results.ts";
import { renderSummary } from "../../../../harness/views/terminal/summary-table.ts";

test("the summary has every figure, and says that all held", () => {
  const report = new Report();
  report.begin("Redis moves");
  report.measure("requests served / failed", "90 / 0");
  report.expect("another host", true, "127.0.0.3");
  const text = stripVTControlCharacters(renderSummary(report));
  expect(text).toMatch(/Redis moves +│ requests served \/ failed +│ 90 \/ 0/);
  expect(text).toContain("✓ all 1 expectations held");
});

test("the summary names the step, the claim and what was seen where one did not hold", () => {
  const report = new Report();
  report.begin("app redeploy");
  report.expect("no Redis was started", false, 1);
  expect(stripVTControlCharacters(renderSummary(report))).toContain(
    "✗ app redeploy: no Redis was started; seen: 1",
  );
  expect(failed(report)).toHaveLength(1);
});

test("the summary is no wider than the terminal, and breaks at words", () => {
  const report = new Report();
  report.begin("all writes are there");
  report.measure("servers in /redis-rehearsal, one after the other", "aws_ecs_service.live_redis");
  const wide = stripVTControlCharacters(renderSummary(report)).split("\n");
  expect(Math.max(...wide.map((line) => line.length))).toBeGreaterThan(100);
  const narrow = stripVTControlCharacters(renderSummary(report, 60)).split("\n");
  expect(Math.max(...narrow.map((line) => line.length))).toBeLessThanOrEqual(60);
  expect(narrow).toContainEqual(expect.stringContaining("│ aws_ecs_service.live_redis │"));
});
