import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { environments } from "../../environments.ts";
import { roads } from "./support/roads.ts";
import { readable } from "./support/readable.ts";
import { templateOf } from "./support/template.ts";

/**
 * Compares each template with its golden file, in a format with readable differences. After an intended change, run
 * `npm run golden`.
 */
describe.each([
  ["environment", environments],
  ["road that the environments do not take", roads],
])("the template of each %s", (_, all) => {
  it.each(Object.keys(all))("is test/stacks/golden/%s.json", async (name) => {
    const golden = join(import.meta.dirname, "golden", `${name}.json`);
    await expect(readable(templateOf(all, name).json)).toMatchFileSnapshot(golden);
  });
});
