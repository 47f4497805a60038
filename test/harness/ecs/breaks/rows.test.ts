import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { BREAKS } from "./rows.ts";
import { testsByRow } from "./table.ts";

const root = new URL("../../../../", import.meta.url).pathname;
const rows = testsByRow(readFileSync(`${root}harness/ecs/README.md`, "utf8"));

it("each row of the table that has a test has a break, and each break a row", () => {
  const tested = [...rows].flatMap(([row, tests]) => (tests.length > 0 ? [row] : []));
  expect([...new Set(BREAKS.map(({ row }) => row))].toSorted()).toEqual(tested.toSorted());
});

it("each test of the table exists, and each break is in the source", () => {
  const missing = [...rows.values()]
    .flat()
    .filter((test) => !existsSync(`${root}test/harness/ecs/${test}.test.ts`));
  expect(missing).toEqual([]);
  const stale = BREAKS.filter(
    ({ file, from }) => readFileSync(`${root}harness/ecs/${file}`, "utf8").split(from).length !== 2,
  );
  expect(stale).toEqual([]);
});
