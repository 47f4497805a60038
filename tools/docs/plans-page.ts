import { readdirSync, readFileSync } from "node:fs";
import { planSupport } from "../../harness/ecs/index.ts";
import { withBlock } from "../../harness/results/marked-block.ts";
import { code, table } from "./markdown.ts";

const PAGE = new URL("../../docs/plans.md", import.meta.url);
/** The recorded plans: a folder for each, with its configuration and what comes up of it. */
const RECORDED = new URL("../../test/support/plans/corpus/", import.meta.url);

/** What comes up of a recorded plan; `npm run golden` writes it. */
interface Outcome {
  readonly services?: Readonly<Record<string, object>>;
  readonly notes?: readonly string[];
  readonly placeholders?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly environmentFiles?: readonly string[];
  readonly refused?: readonly string[];
}

/** docs/plans.md with its two lists from the code and from the recorded plans. */
export function plansPage(): string {
  const page = withBlock(readFileSync(PAGE, "utf8"), "what comes up", recordedPlans());
  return withBlock(page, "what a plan may have", supportedParts());
}

const METADATA = "only in the metadata of tasks";

function recordedPlans(): string {
  const names = readdirSync(RECORDED, { withFileTypes: true }).filter((each) => each.isDirectory());
  const rows = names.map(({ name }) => ({ name, outcome: outcomeOf(name) }));
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

const read = (name: string, file: string): string =>
  readFileSync(new URL(`${name}/${file}`, RECORDED), "utf8");

const outcomeOf = (name: string): Outcome => JSON.parse(read(name, "expected.json")) as Outcome;

/** The comment at the top of a configuration. */
function descriptionOf(name: string): string {
  const [, comment = ""] = /^# (.*)$/m.exec(read(name, "main.tf")) ?? [];
  return comment.replace(/\.$/, "");
}

function isUp({
  services,
  secrets = [],
  environmentFiles = [],
  placeholders = {},
}: Outcome): string {
  if (services === undefined) return "no";
  const needs = [
    ...(secrets.length > 0 ? [code("--secret")] : []),
    ...(environmentFiles.length > 0 ? [code("--env-file")] : []),
  ];
  if (needs.length > 0) return `with ${needs.join(", ")}`;
  return Object.keys(placeholders).length > 0 ? "yes, with placeholders" : "yes";
}

/** Notes that the text above the table has. */
const COMMON = /a Fargate service|default is Fargate|it is read from/;

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
  return [...new Set([...texts, ...Object.keys(placeholders)])].join("; ");
}

function supportedParts(): string {
  const { types, container, refused, notPlayed, unplayed } = planSupport();
  const reasons = [...new Set(notPlayed.map(([, reason]) => reason))];
  const modelled = Object.entries(types).map(
    ([type, { honoured, inMetadata, withoutEffect }]) =>
      `**${code(type)}**\n\n${item("honoured", honoured)}${item(METADATA, inMetadata)}${item("no effect here", withoutEffect)}`,
  );
  const ignored = reasons.map((reason) => {
    const all = notPlayed.filter(([, each]) => each === reason);
    return item(
      reason,
      all.map(([type]) => type.replace(/_$/, "_*")),
    );
  });
  return [
    "This list is written from the code by `npm run golden`.",
    "### Resources that run",
    "An argument that is not listed for its type is refused by its address.",
    ...modelled.map((each) => each.trim()),
    "### Container definitions",
    [
      item("honoured as in ECS", container.honoured),
      item(METADATA, container.inMetadata),
      item("no effect on one machine", container.withoutEffect),
      item("refused unless empty", container.refused),
    ]
      .join("")
      .trim(),
    "### What is not played",
    "The services run without it, and the command says so for each.",
    table(["argument, field or resource", "because"], withCode(unplayed)),
    "### Resources that are refused",
    table(["resource", "because here"], withCode(refused)),
    "### Resources that are ignored",
    "The command lists them. It also lists every type that is not in this section.",
    ignored.join("").trim(),
  ].join("\n\n");
}

const withCode = (rows: readonly (readonly [string, string])[]): string[][] =>
  rows.map(([what, reason]) => [code(what), reason]);

/** A list item, or "" for an empty list. */
const item = (title: string, names: readonly string[]): string =>
  names.length === 0 ? "" : `- ${title}: ${names.map((name) => code(name)).join(", ")}\n`;
