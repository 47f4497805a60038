import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { withBlock } from "../../harness/results/marked-block.ts";
import { code, table } from "../../tools/docs/markdown.ts";
import { inCorpus, type Outcome, shapes } from "../support/plans/corpus.ts";

const PAGE = join(import.meta.dirname, "../../docs/plans.md");

/** The comment at the top of a configuration. */
function descriptionOf(name: string): string {
  const [, comment = ""] = /^# (.*)$/m.exec(readFileSync(inCorpus(name, "main.tf"), "utf8")) ?? [];
  return comment.replace(/\.$/, "");
}

const outcomeOf = (name: string): Outcome =>
  JSON.parse(readFileSync(inCorpus(name, "expected.json"), "utf8")) as Outcome;

/** Notes that the text above the table has. */
const COMMON = /a Fargate service|default is Fargate|it is read from/;

function isUp({ services, secrets = [], placeholders = {} }: Outcome): string {
  if (services === undefined) return "no";
  if (secrets.length > 0) return `with ${code("--secret")}`;
  return Object.keys(placeholders).length > 0 ? "yes, with placeholders" : "yes";
}

function remarks({ notes = [], refused = [], placeholders = {} }: Outcome): string {
  const [first, ...more] = refused;
  if (first !== undefined) return `${first}${more.length > 0 ? `; and ${more.length} more` : ""}`;
  const texts = notes
    .filter((note) => !COMMON.test(note))
    .map((note) => /^(.*?[\w\]]): (.*)$/.exec(note) ?? [])
    .map(([, address = "", said = ""]) => {
      const what = /^(.*?)is not played, because/.exec(said)?.[1]?.trim();
      return what === "" ? address : (what ?? said);
    });
  const all = [...new Set([...texts, ...Object.keys(placeholders)])];
  return all.length === 0 ? "" : all.join("; ");
}

function text(): string {
  const rows = shapes().map((name) => ({ name, outcome: outcomeOf(name) }));
  const up = rows.filter(({ outcome }) => isUp(outcome).startsWith("yes"));
  return [
    `${up.length} of ${rows.length} recorded shapes come up with no option but the programs or images of their containers. This table is written from the recorded plans by ${code("npm run golden")}.`,
    table(
      ["shape", "comes up", "not played, placeholders, or why not"],
      rows.map(({ name, outcome }) => [
        `${code(name)}: ${descriptionOf(name)}`,
        isUp(outcome),
        remarks(outcome).replaceAll("|", "\\|"),
      ]),
    ),
  ].join("\n\n");
}

it("docs/plans.md has the table of the recorded shapes", async () => {
  const page = withBlock(readFileSync(PAGE, "utf8"), "what comes up", text());
  await expect(page).toMatchFileSnapshot(PAGE);
});
