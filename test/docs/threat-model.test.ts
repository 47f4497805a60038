import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

const page = readFileSync(join(import.meta.dirname, "../../docs/threat-model.md"), "utf8");

it("each claim of docs/threat-model.md that something cannot be has a test", () => {
  const lists = page.split("Cannot, with the test that shows it:\n\n").slice(1);
  const claims = lists.flatMap((list) => list.split("\n\n")[0]?.match(/^- .*$/gm) ?? []);
  expect(claims.length).toBeGreaterThan(30);
  expect(claims.filter((claim) => !/\]\(\.\.\/(test|harness)\/.*\)/.test(claim))).toEqual([]);
});
