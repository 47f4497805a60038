import { describe, expect, it } from "vitest";
import { parseDocs } from "../../../harness/reference/docs.ts";

describe("a docstring", () => {
  it("has a text of several lines, without stars", () => {
    const comment = `/**
   * Finds the records.
   *
   * - first \`a * b\`
   */`;
    expect(parseDocs(comment)).toEqual({
      text: "Finds the records.\n\n- first `a * b`",
      tags: [],
    });
  });

  it("has tags at the beginning of lines, each with all that follows", () => {
    const comment = `/**
   * Finds.
   * @param name the name,
   * as it is written
   * @throws {TypeError} when it is empty
   */`;
    expect(parseDocs(comment)).toEqual({
      text: "Finds.",
      tags: [
        { name: "param", text: "name the name,\nas it is written" },
        { name: "throws", text: "{TypeError} when it is empty" },
      ],
    });
  });

  it("may have a tag in its only line", () => {
    expect(parseDocs("/** Seconds. @default 10 */")).toEqual({
      text: "Seconds.",
      tags: [{ name: "default", text: "10" }],
    });
  });

  it("takes no package, address or code for a tag", () => {
    const text =
      "Of `@grpc/grpc-js`, @grpc/grpc-js, ops@example.com and `a @default b`: `@throws`.";
    expect(parseDocs(`/** ${text} */`)).toEqual({ text, tags: [] });
  });

  it("has examples with their spaces and empty lines, up to the next tag", () => {
    const comment = `/**
     * @example
     * const a = {
     *   b: "c @default d",
     * };
     *
     * a.b;
     * @see https://example.com/
     */`;
    expect(parseDocs(comment).tags).toEqual([
      { name: "example", text: 'const a = {\n  b: "c @default d",\n};\n\na.b;' },
      { name: "see", text: "https://example.com/" },
    ]);
  });
});
