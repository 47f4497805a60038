import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { reasons } from "./index.ts";

const ROOT = join(import.meta.dirname, "../../..");

const files = Object.entries(reasons).filter(([place]) => !place.endsWith("/"));

describe("the reasons", () => {
  it("name files that there are, and lines that stand in them", () => {
    expect(files.length).toBeGreaterThan(50);
    const wrong = files.flatMap(([file, list]) => {
      if (!existsSync(join(ROOT, file))) return [`${file} is gone`];
      const code = readFileSync(join(ROOT, file), "utf8")
        .split("\n")
        .map((line) => line.trim());
      const named = list.flatMap(({ lines }) => (lines === "the rest" ? [] : lines));
      return named
        .filter(
          (line) =>
            !code.some((each) => (typeof line === "string" ? each === line : line.test(each))),
        )
        .map((line) => `${file} has no ${String(line)}`);
    });
    expect(wrong).toEqual([]);
  });
});
