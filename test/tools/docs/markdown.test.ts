import { describe, expect, it } from "vitest";
import { prose, table } from "../../../tools/docs/markdown.ts";

describe("table", () => {
  it("aligns columns and escapes bars", () => {
    expect(table(["a", "long head"], [["x|y", "z"]])).toBe(
      ["| a    | long head |", "| ---- | --------- |", "| x\\|y | z         |"].join("\n"),
    );
  });
});

describe("prose", () => {
  it("escapes HTML and Markdown outside of code", () => {
    expect(prose("a <b>, `<c> * d` and *")).toBe("a &lt;b>, `<c> * d` and \\*");
  });
});
