import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { drill } from "../../../../harness/plays/migration/drill-account.ts";
import { objectsIn } from "./page.ts";

const page = readFileSync(new URL("../../../../docs/operations.md", import.meta.url), "utf8");

it("the restore drill of docs/operations.md shows the played environment", () => {
  expect(objectsIn(page, "drill")).toEqual([drill]);
});
