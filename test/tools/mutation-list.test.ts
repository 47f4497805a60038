import { existsSync, readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import config from "../../tools/vitest.mutation.config.ts";

const ROOT = join(import.meta.dirname, "../..");

/** `a/{b,c}.ts` as `a/b.ts` and `a/c.ts`. */
function expanded(pattern: string): string[] {
  const [, before = "", names, after = ""] = /^(.*)\{(.*)\}(.*)$/.exec(pattern) ?? [];
  return names === undefined ? [pattern] : names.split(",").map((name) => before + name + after);
}

it("the mutation check runs tests that exist: without them it would check nothing", () => {
  const paths = (config.test?.include ?? []).flatMap(expanded);
  expect(paths.length).toBeGreaterThan(10);
  const missing = paths.filter((path) => {
    if (!path.includes("*")) return !existsSync(join(ROOT, path));
    return !readdirSync(join(ROOT, dirname(path))).some((name) => name.endsWith(".test.ts"));
  });
  expect(missing).toEqual([]);
});
