import { readFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import { describe, expect, it } from "vitest";
import { codeIn, pagePaths } from "../support/markdown.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Every piece of TypeScript in the pages. Some are fields, to be copied into an object. */
const pieces = pagePaths().flatMap((path) =>
  codeIn(readFileSync(join(ROOT, path), "utf8"), "ts").map((code, index) => ({
    where: `${path}, ${index + 1}`,
    code,
  })),
);

/** To a parser `name: { … }` is a block with a label, which may be a program without an error. */
const isFields = (code: string): boolean => /^(\s*\/\/.*\n)*\s*\w+:/.test(code);

/** @throws when it is no TypeScript */
const parse = (code: string): Promise<unknown> =>
  transform(code, { loader: "ts", logLevel: "silent" });

describe("the TypeScript of the pages", () => {
  const fields = pieces.filter(({ code }) => isFields(code));

  it.each(pieces.filter((each) => !fields.includes(each)))(
    "is a program without an error: $where",
    async ({ code }) => {
      await expect(parse(code)).resolves.toBeDefined();
    },
  );

  it("is a program, or fields that stand in an object", () => {
    expect(fields.length).toBeGreaterThan(3);
    expect(fields.length).toBeLessThan(pieces.length);
  });

  it.each(fields)("has fields that can be copied into an object: $where", async ({ code }) => {
    await expect(parse(`({ ${code} })`)).resolves.toBeDefined();
  });
});
