import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { codeIn, pagePaths } from "../support/markdown.ts";
import { commandsOf } from "../support/shell-words.ts";
import { problemWith } from "./commands.ts";

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** The checked programs of a page. In docs/migration.md, Docker runs on a host in AWS. */
const programsOf = (path: string): string[] =>
  path === "docs/migration.md" ? ["npm", "npx"] : ["npm", "npx", "docker"];

describe("the commands of every page", () => {
  const commands = pagePaths()
    .flatMap((path) =>
      codeIn(read(path), "sh")
        .flatMap(commandsOf)
        .map((words) => ({ path, words })),
    )
    .filter(({ path, words: [program = ""] }) => programsOf(path).includes(program));

  it("exist and have correct options", () => {
    expect(commands.length).toBeGreaterThan(20);
    const problems = commands.flatMap(({ path, words }) => {
      const problem = problemWith(words);
      return problem === undefined ? [] : [`${path}: ${words.join(" ")}: ${problem}`];
    });
    expect(problems).toEqual([]);
  });
});
