import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSync } from "oxc-parser";
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
function isFields(code: string): boolean {
  const { errors, program } = parseSync("piece.ts", code);
  return errors.length > 0 || program.body.some(({ type }) => type === "LabeledStatement");
}

const errorsOf = (code: string): string[] =>
  parseSync("piece.ts", code).errors.map(({ message }) => message);

describe("the TypeScript of the pages", () => {
  const fields = pieces.filter(({ code }) => isFields(code));

  it("is a program, or fields that stand in an object", () => {
    expect(fields.length).toBeGreaterThan(3);
    expect(fields.length).toBeLessThan(pieces.length);
  });

  it.each(fields)("has fields that can be copied into an object: $where", ({ code }) => {
    expect(errorsOf(`({ ${code} })`)).toEqual([]);
  });
});
