import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { planArguments, reportOptions } from "../../../../harness/commands/start/report-options.ts";
import { startOptions } from "../../../../harness/commands/start/options.ts";

const commandOf = (line: string, report = "report.html"): string | undefined =>
  reportOptions(startOptions(line.split(" ")), 7, report).command;

test("the command of a report plays the same scenarios with the same seed", () => {
  expect(commandOf("--scenario before after")).toBe(
    "npm start -- --scenario before after --seed 7 --report report.html",
  );
  expect(commandOf("--seed 9")).toBe("npm start -- --scenario story --seed 7 --report report.html");
});

test("it names faults as faults, and the environment where another than dev was chosen", () => {
  expect(commandOf("--scenario frozen --fault frozen --env prod")).toBe(
    "npm start -- --scenario frozen --fault frozen --env prod --seed 7 --report report.html",
  );
});

test("it names the plan that was played, with its options", () => {
  expect(
    commandOf("--scenario after --plan my.plan.json --role app=web --yes --guest-book --app x"),
  ).toBe(
    "npm start -- --scenario after --plan my.plan.json --yes --app x --role app=web --guest-book --seed 7 --report report.html",
  );
  const { plan } = startOptions(["--plan", "p.json", "--image", "a=node 'b c'.js"]);
  expect(planArguments({ plan })).toEqual([
    "--plan",
    "p.json",
    "--image",
    `'a=node '\\''b c'\\''.js'`,
  ]);
});

test("it can be pasted into a shell, whatever the page is called", () => {
  expect(commandOf("--scenario storm", "my day's report.html")).toContain(
    `--report 'my day'\\''s report.html'`,
  );
});

test.each(["report.html", "/tmp/report.html", "test/some folder/report.html"])(
  "the docs are found from %s",
  (report) => {
    const { docs = "" } = reportOptions(
      { scenarios: [], faults: [], environment: "dev" },
      7,
      report,
    );
    const folder = resolve(report, "..", decodeURIComponent(docs));
    expect(existsSync(join(folder, "faults.md"))).toBe(true);
  },
);
