import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { failed, Results } from "../../../../harness/plays/stage/results.ts";
import { renderSummary } from "../../../../harness/views/terminal/summary-table.ts";

test("a failed expectation is shown with its step, claim and observed value", () => {
  const results = new Results();
  results.begin("app redeploy");
  results.expect("no Redis was started", false, 1);
  expect(stripVTControlCharacters(renderSummary(results))).toContain(
    "✗ app redeploy: no Redis was started; seen: 1",
  );
  expect(failed(results)).toHaveLength(1);
});

test("known flaws that were seen are not a success", () => {
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
