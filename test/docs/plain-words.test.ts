import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { pagePaths } from "../support/markdown.ts";

const ROOT = join(import.meta.dirname, "../..");

/** Words that readers of English as a second language do not know, or read twice. */
const RARE =
  /\b(whoever|whatsoever|lest|in vain|the very|hitherto|thereof|wherein|hereby|nought|naught|upon|anew|for ever|thither|save for)\b/i;

it("no page has a word that is rare or old", () => {
  const found = pagePaths()
    .filter((path) => path !== "CHANGELOG.md")
    .flatMap((path) =>
      readFileSync(join(ROOT, path), "utf8")
        .split("\n")
        .flatMap((line, index) => {
          const [word] = RARE.exec(line) ?? [];
          return word === undefined ? [] : `${path}:${index + 1}: ${word}`;
        }),
    );
  expect(found).toEqual([]);
});

it("such a word is found", () => {
  expect(RARE.exec("It tries again, in vain")?.[0]).toBe("in vain");
  expect(RARE.test("The everyday word")).toBe(false);
});
