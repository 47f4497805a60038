import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { environments } from "../../environments.ts";
import { otherEnvironments } from "./support/other-environments.ts";
import { readable } from "./support/readable.ts";
import { templateOf } from "./support/template.ts";

/**
 * The environments of the repository, and one that has what these do not: tasks. Rules and
 * properties check the rest. After an intended change: `npm run golden`.
 */
const GOLDEN = {
  ...environments,
  "with-tasks": otherEnvironments["with-tasks"],
};

describe("the template of", () => {
  it.each(Object.keys(GOLDEN))("%s is test/stacks/golden/%s.json", async (name) => {
    const golden = join(import.meta.dirname, "golden", `${name}.json`);
    await expect(readable(templateOf(GOLDEN, name).json)).toMatchFileSnapshot(golden);
  });
});
