import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

interface Prod {
  readonly resource: Readonly<Record<string, Readonly<Record<string, Record<string, string>>>>>;
}

it("docs/operations.md has a row for every alarm and notice of prod", () => {
  const { resource } = JSON.parse(read("test/stacks/golden/prod.json")) as Prod;
  const alarms = Object.values(resource["aws_cloudwatch_metric_alarm"] ?? {});
  const notices = Object.values(resource["aws_cloudwatch_event_rule"] ?? {});
  const names = [
    ...alarms.map(({ alarm_name: name = "" }) => name),
    ...notices.map(({ name = "" }) => name),
  ].map((name) => name.replace(/^prod-/, ""));
  expect(names.length).toBeGreaterThan(10);
  const [, alarmsOf = ""] = read("docs/operations.md").split("\n## Alarms\n");
  const [section = ""] = alarmsOf.split(/^## /m);
  const rows = Array.from(section.matchAll(/^\| `([a-z-]+)` /gm), ([, name = ""]) => name);
  expect(rows.toSorted()).toEqual(names.toSorted());
});
