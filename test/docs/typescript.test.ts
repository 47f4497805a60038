import { readFileSync } from "node:fs";
import { join } from "node:path";
import { transform } from "esbuild";
import { describe, expect, it } from "vitest";
import { codeIn, pagePaths } from "../support/markdown.ts";

const ROOT = join(import.meta.dirname, "../..");

/** All TypeScript blocks of the pages. Some are fields for an object. */
const pieces = pagePaths().flatMap((path) =>
  codeIn(readFileSync(join(ROOT, path), "utf8"), "ts").map((code, index) => ({
    where: `${path}, ${index + 1}`,
    code,
  })),
);

/** A parser reads `name: { … }` as a labelled block, which may be a valid program. */
const isFields = (code: string): boolean => /^(\s*\/\/.*\n)*\s*\w+:/.test(code);

/** @throws if it is not TypeScript */
const parse = (code: string): Promise<unknown> =>
  transform(code, { loader: "ts", logLevel: "silent" });

describe("the TypeScript of the pages", () => {
  const fields = pieces.filter(({ code }) => isFields(code));

  it.each(pieces.filter((each) => !fields.includes(each)))(
    "is a valid program: $where",
    async ({ code }) => {
      await expect(parse(code)).resolves.toBeDefined();
    },
  );

  it.each(fields)("has valid fields: $where", async ({ code }) => {
    await expect(parse(`({ ${code} })`)).resolves.toBeDefined();
  });
});
