import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { failed, Results } from "../../../../harness/plays/stage/results.ts";
import { renderSummary } from "../../../../harness/views/terminal/summary-table.ts";

test("the summary has every figure, and says that all held", () => {
  const results = new Results();
  results.begin("Redis moves");
  results.measure("requests served / failed", "90 / 0");
  results.expect("another host", true, "127.0.0.3");
  const text = stripVTControlCharacters(renderSummary(results));
  expect(text).toMatch(/Redis moves +│ requests served \/ failed +│ 90 \/ 0/);
  expect(text).toContain("✓ all 1 expectations held");
});

test("the summary names the step, the claim and what was seen where one did not hold", () => {
  const results = new Results();
  results.begin("app redeploy");
  results.expect("no Redis was started", false, 1);
  expect(stripVTControlCharacters(renderSummary(results))).toContain(
    "✗ app redeploy: no Redis was started; seen: 1",
  );
  expect(failed(results)).toHaveLength(1);
});

test("known flaws that were seen are no success", () => {
  const results = new Results();
  results.begin("app redeploy");
  results.expect("app serves", true, 1);
  results.expectFlaw("the app deploy starts a new Redis", true, 1);
  const text = stripVTControlCharacters(renderSummary(results));
  expect(text).toContain(
    "! this setup fails as expected: its 1 known flaws were seen; the other 1",
  );
  expect(text).not.toContain("✓");
});

test("the summary is no wider than the terminal, and breaks at words", () => {
  const results = new Results();
  results.begin("all writes are kept");
  results.measure("servers in /redis-rehearsal, one after the other", "aws_ecs_service.live_redis");
  const wide = stripVTControlCharacters(renderSummary(results)).split("\n");
  expect(Math.max(...wide.map((line) => line.length))).toBeGreaterThan(100);
  const narrow = stripVTControlCharacters(renderSummary(results, 60)).split("\n");
  expect(Math.max(...narrow.map((line) => line.length))).toBeLessThanOrEqual(60);
  expect(narrow).toContainEqual(expect.stringContaining("│ aws_ecs_service.live_redis │"));
});

test("a terminal that is narrower than the words is left to break the lines itself", () => {
  const results = new Results();
  results.begin("move");
  results.measure("failed requests", 0);
  expect(stripVTControlCharacters(renderSummary(results, 10))).toContain("requests");
});

test("an address is broken at its dot where that leaves more room for all the rest", () => {
  const results = new Results();
  results.begin("app redeploy");
  results.measure("resources changed", "aws_ecs_task_definition.app_task_definition");
  results.measure("Redis starts caused by the app deploy", 0);
  results.measure("app's first answer after the move", "4.69 s before Redis passed a health check");
  const lines = stripVTControlCharacters(renderSummary(results, 80)).split("\n");
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  expect(lines).toContainEqual(expect.stringContaining("│ aws_ecs_task_definition. "));
  expect(lines).toContainEqual(expect.stringContaining("│ app_task_definition "));
  expect(lines).toContainEqual(expect.stringMatching(/Redis starts caused by the +│ 0 /));
});
