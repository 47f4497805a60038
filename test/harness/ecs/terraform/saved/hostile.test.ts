import { readdirSync } from "node:fs";
import * as fc from "fast-check";
import { describe, it } from "vitest";
import { content } from "./fixture.ts";
import { hostilePlans } from "./plans.property.ts";

const names = readdirSync(new URL("../../../../support/plans/", import.meta.url)).flatMap((file) =>
  file.endsWith(".json") ? [file.replace(/\.json$/, "")] : [],
);

describe("a plan or a state with arbitrary values anywhere", () => {
  it("is read, or refused with a HarnessError", async () => {
    await fc.assert(hostilePlans(names.map(content)));
  });
});
