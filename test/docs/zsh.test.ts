import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { codeIn, pagePaths } from "../support/markdown.ts";

const ROOT = join(import.meta.dirname, "../..");

it("no command expects a variable to become several words, which it does not in zsh", () => {
  const found = pagePaths().flatMap((page) =>
    codeIn(readFileSync(join(ROOT, page), "utf8").replaceAll(/^ +```/gm, "```"), "sh").flatMap(
      (code) => Array.from(code.matchAll(/\s\$\w+(?=\s)/g), ([variable]) => `${page}:${variable}`),
    ),
  );
  expect(found).toEqual([]);
});
