import { describe, expect, it } from "vitest";
import { prose, table } from "../../../stacks/docs/markdown.ts";

describe("table", () => {
  it("is as wide as what is in it, and keeps bars inside their cell", () => {
    expect(table(["a", "long head"], [["x|y", "z"]])).toBe(
      ["| a    | long head |", "| ---- | --------- |", "| x\\|y | z         |"].join("\n"),
    );
  });
});

describe("prose", () => {
  it("shows what HTML or Markdown would swallow, and leaves code alone", () => {
    expect(prose("a <b>, `<c> * d` and *")).toBe("a &lt;b>, `<c> * d` and \\*");
  });
});
