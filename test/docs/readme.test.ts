import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { blocksOf, codeIn, pagePaths } from "../support/markdown.ts";
import { commandsOf, type Words } from "../support/shell-words.ts";
import { problemWith } from "./commands.ts";

const ROOT = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(ROOT, path), "utf8");
const readme = read("README.md");

/** The checked programs of a page. In docs/migration.md, Docker runs on a host in AWS. */
const programsOf = (path: string): string[] =>
  path === "docs/migration.md" ? ["npm", "npx"] : ["npm", "npx", "docker"];

/** Languages of blocks that readers do not copy. */
const PICTURES = ["text", "mermaid"];

describe("the README", () => {
  it("has only snippets in tested languages", () => {
    const languages = blocksOf(readme).map(({ language }) => language);
    expect(["sh", "ts", "hcl", ...PICTURES]).toEqual(expect.arrayContaining(languages));
  });

  it.each(
    codeIn(readme, "sh")
      .flatMap(commandsOf)
      .map((words) => ({ line: words.join(" "), words })),
  )("has a correct command: $line", ({ words }) => {
    expect(problemWith(words)).toBeUndefined();
  });
});

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

describe("the check of commands", () => {
  it.each<[Words, RegExp]>([
    [["npm", "run", "gone"], /no script gone/],
    [["npm", "run", "local", "--", "dev", "--gone"], /unknown option '--gone'/],
    [["npm", "start", "--", "--scenario", "gone"], /'gone' is invalid/],
    [["npm", "run", "synth", "--", "gone"], /no environment gone/],
    [["npx", "cdktf", "gone", "dev"], /no command gone/],
    [["terraform", "-chdir=gone", "init"], /no folder gone/],
    [["docker", "build", "docs"], /docs has no Dockerfile/],
    [["docker", "run", "image"], /without --cap-add=SYS_ADMIN/],
    [["gone"], /not checked/],
  ])("refuses %j", (words, problem) => {
    expect(problemWith(words)).toMatch(problem);
  });
});
