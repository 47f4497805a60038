import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { environmentSchema } from "../../../stacks/config/environment-schema.ts";
import { environments as example } from "../../../tools/docs/example-environments.ts";
import { parseEnvironments } from "../../../stacks/config/parse-environments.ts";
import { codeIn } from "../../support/markdown.ts";
import { pages } from "../../../tools/docs/pages.ts";
import { rules } from "../../../stacks/rules/index.ts";
import { schemaFields } from "../../../stacks/config/schema-fields.ts";

const repository = join(import.meta.dirname, "../../..");
const read = (path: string) => readFileSync(join(repository, path), "utf8");
const written = pages();

describe("the generated pages", () => {
  it.each(Object.keys(written))("%s is up to date; if not, run npm run docs", (path) => {
    expect(existsSync(join(repository, path)) && read(path)).toBe(written[path]);
  });
});

describe("the page of fields", () => {
  const page = written["docs/environments.md"] ?? "";

  it("begins with a valid example", () => {
    expect(parseEnvironments(example).map(({ name }) => name)).toEqual(["dev", "prod"]);
    const [code = ""] = codeIn(page, "ts");
    expect(code).toContain('from "./stacks/config/environment-schema.ts"');
    expect(code).toContain(`account: "${example.dev.account}"`);
  });

  it("has a row for every field of an environment, with its allowed values", () => {
    const fields = schemaFields(environmentSchema).filter(({ path }) => path.length > 1);
    const rows = page.split("\n").filter((line) => line.startsWith("| `"));
    for (const { path, allowed } of fields) {
      const name = `| \`${path.join(".").replaceAll(".[]", "[]")}\``;
      expect(
        rows.filter((row) => row.startsWith(name)),
        name,
      ).not.toEqual([]);
      expect(allowed, `${name} has allowed values`).not.toMatch(/^Invalid|^$/);
    }
  });
});

describe("the page of rules", () => {
  const page = written["docs/rules.md"] ?? "";

  it.each(Object.entries(rules))("lists every rule of %s and its test", (group, list) => {
    const [source, test] = [
      `stacks/rules/${group}-rules.ts`,
      `test/stacks/rules/${group}-rules.test.ts`,
    ];
    expect(page).toContain(`(../${source})`);
    expect(existsSync(join(repository, source)), source).toBe(true);
    expect(page).toContain(`(../${test})`);
    for (const rule of list) {
      expect(page).toContain(`| [\`${rule.id}\`](${rule.source})`);
      expect(read(test)).toContain(JSON.stringify(rule.id));
    }
  });
});
