import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { environments as example } from "../../../tools/docs/example-environments.ts";
import { parseEnvironments } from "../../../stacks/config/parse-environments.ts";
import { pages } from "../../../tools/docs/pages.ts";

const repository = join(import.meta.dirname, "../../..");
const read = (path: string) => readFileSync(join(repository, path), "utf8");
const written = pages();

describe("the generated pages", () => {
  it.each(Object.keys(written))("%s is up to date; if not, run npm run docs", (path) => {
    expect(existsSync(join(repository, path)) && read(path)).toBe(written[path]);
  });
});

it("the example of the page of fields is valid", () => {
  expect(parseEnvironments(example).map(({ name }) => name)).toEqual(["dev", "prod"]);
});
