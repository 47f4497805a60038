import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { render } from "../../../harness/reference/page.ts";
import { pages } from "../../../harness/reference/pages.ts";

const ROOT = join(import.meta.dirname, "../../..");

describe("the reference", () => {
  it.each(pages())("$path is up to date; if not, run npm run reference", async (page) => {
    expect(readFileSync(join(ROOT, page.path), "utf8")).toBe(await render(page));
  });
});
