import { readdirSync } from "node:fs";
import * as fc from "fast-check";
import { describe, it } from "vitest";
import { content } from "./fixture.ts";
import { hostilePlans } from "./plans.property.ts";

const names = readdirSync(new URL("plans/", import.meta.url)).map((file) =>
  file.replace(/\.json$/, ""),
);

describe("a plan or a state in which anything stands anywhere", () => {
  it("is read, or refused by an error of the harness", async () => {
    await fc.assert(hostilePlans(names.map(content)));
  });
});
