import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "../..");
const page = readFileSync(join(ROOT, "CONTRIBUTING.md"), "utf8");

it("CONTRIBUTING.md lists every script of package.json", () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as {
    scripts: object;
  };
  const rows = page.split("\n").filter((line) => line.startsWith("| "));
  const listed = rows.flatMap((row) =>
    Array.from(row.matchAll(/`npm (?:run )?([\w:]+)/g), ([, name = ""]) => name),
  );
  expect(Object.keys(scripts).filter((name) => !listed.includes(name))).toEqual([]);
});
