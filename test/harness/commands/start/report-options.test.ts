import { expect, test } from "vitest";
import {
  repeatCommand,
  sourceArguments,
} from "../../../../harness/commands/start/report-options.ts";
import { startOptions } from "../../../../harness/commands/start/options.ts";

const commandOf = (line: string, report = "report.html"): string =>
  repeatCommand(startOptions(line.split(" ")), 7, report);

test("it has the plan with its options", () => {
  expect(
    commandOf("--scenario after --plan my.plan.json --role app=web --yes --guest-book --app x"),
  ).toBe(
    "npm start -- --scenario after --plan my.plan.json --yes --app x --role app=web --guest-book --seed 7 --report report.html",
  );
  const { plan } = startOptions(["--plan", "p.json", "--image", "a=node 'b c'.js"]);
  expect(sourceArguments({ plan })).toEqual([
    "--plan",
    "p.json",
    "--image",
    `'a=node '\\''b c'\\''.js'`,
  ]);
});

test("no command to copy has values that may be secret", () => {
  const given = ["--secret", "db=hunter2", "--parameter", "/key=hunter2"];
  const { plan } = startOptions(["--plan", "p.json", ...given, "--value", "a.b=hunter2"]);
  expect(sourceArguments({ plan }).join(" ")).toBe(
    "--plan p.json --parameter /key=TEXT --secret db=TEXT --attribute a.b=TEXT",
  );
  expect(() => startOptions(["--plan", "p.json", "--secret", "hunter2"])).toThrow(
    /^(?!.*hunter2).*Allowed: NAME=VALUE/,
  );
});

test("it quotes the report's path for a shell", () => {
  expect(commandOf("--scenario rotation", "my day's report.html")).toContain(
    `--report 'my day'\\''s report.html'`,
  );
});
