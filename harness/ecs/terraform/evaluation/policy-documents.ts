import { pathOf, stepsOf, withoutKeys } from "../expression/address.ts";
import { recordsIn } from "../expression/values.ts";
import { resourcesIn, type StateModule } from "./state-module.ts";
import type { TestPlan } from "./terraform-program.ts";
import type { Override } from "./test-file.ts";
import type { WrittenFolder } from "./written-folder.ts";

// A mocked `aws_iam_policy_document` has no JSON of its own, but the state has its blocks. So the mock's JSON is a mark, and afterwards
// the statements stand wherever the mark does, also in a policy that was joined with jsondecode.

const TYPE = "data.aws_iam_policy_document";

/** The statement that stands for those of a document. */
const markOf = (address: string): string => JSON.stringify({ Sid: `of ${address}` });

const MARK = /\{\s*"Sid"\s*:\s*("of (?:[^"\\]|\\.)*")\s*\}/g;

/** The JSON of a document while Terraform evaluates. */
export const markedDocument = (address: string): string =>
  `{"Version":"2012-10-17","Statement":[${markOf(address)}]}`;

/** A mark for each document. Terraform wants the keys of its modules; those of its own are not known, so its instances share one. */
export function documentOverrides(
  { blocks }: Pick<WrittenFolder, "blocks">,
  { resource_changes: changes }: TestPlan,
): Override[] {
  const paths = changes.flatMap(({ address }) => {
    const steps = stepsOf(address);
    return steps.map((_, last) => pathOf(steps.slice(0, last + 1)));
  });
  return blocks
    .filter(({ type }) => type === TYPE)
    .flatMap(({ address: written }): Override[] => {
      const own = pathOf(stepsOf(written));
      const found = new Set(paths.filter((each) => withoutKeys(each) === own));
      return [...(found.size > 0 ? found : [own])].map((path) => {
        const address = `${path}${written.slice(own.length)}`;
        const json = markedDocument(address);
        return { kind: "data", address, values: { json, minified_json: json } };
      });
    });
}

/** The values with each document's own statements. The instances of one block are joined. */
export function withDocuments(root: StateModule): StateModule {
  const documents = documentsIn(root);
  const filled = (text: string, within: readonly string[]): string =>
    text.replaceAll(MARK, (mark, sid: string) => {
      const address = String(JSON.parse(sid)).slice("of ".length);
      const found = within.includes(address) ? undefined : documents.get(address);
      if (found === undefined) return mark;
      const all = found.flatMap((document) =>
        statementsOf(document, (each) => filled(each, [...within, address])),
      );
      return [...new Set(all)].join(",");
    });
  return JSON.parse(JSON.stringify(root), (_, value: unknown) =>
    typeof value === "string" && value.includes('"of ') ? filled(value, []) : value,
  ) as StateModule;
}

type Values = Readonly<Record<string, unknown>>;

/** The values of all instances, by the address without their own keys. */
function documentsIn(root: StateModule): Map<string, Values[]> {
  const all = new Map<string, Values[]>();
  for (const { address, mode, values = {} } of resourcesIn(root)) {
    const path = pathOf(stepsOf(address));
    const block = `${path}${withoutKeys(address.slice(path.length))}`;
    if (mode !== "data" || !block.startsWith(`${path}${TYPE}.`)) continue;
    all.set(block, [...(all.get(block) ?? []), values]);
  }
  return all;
}

/** The statements of a document as JSON: of its sources, its own, and those that override them by their Sid. */
function statementsOf(document: Values, filled: (text: string) => string): string[] {
  const inTexts = (texts: unknown): Values[] =>
    listOf(texts).flatMap((text) => statementsIn(filled(String(text))));
  const parts = [
    inTexts(document["source_policy_documents"]),
    recordsIn(document["statement"]).map(statementOf),
    inTexts(document["override_policy_documents"]),
  ];
  return parts.flatMap((part, index) => {
    const later = new Set(parts.slice(index + 1).flatMap((each) => each.map(({ Sid }) => Sid)));
    return part
      .filter(({ Sid }) => Sid === undefined || !later.has(Sid))
      .map((each) => JSON.stringify(each));
  });
}

/** The statements of a policy; an empty one, which no one can read, for what is no policy. */
function statementsIn(text: string): Values[] {
  try {
    const { Statement: all = {} } = JSON.parse(text) as Values;
    return recordsIn(all);
  } catch {
    return [{}];
  }
}

const listOf = (value: unknown): unknown[] =>
  [value].flat().filter((each) => each !== undefined && each !== null && each !== "");

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_statement.html */
function statementOf(block: Values): Values {
  const named = Object.entries({
    Action: listOf(block["actions"]),
    NotAction: listOf(block["not_actions"]),
    Resource: listOf(block["resources"]),
    NotResource: listOf(block["not_resources"]),
  }).filter(([, texts]) => texts.length > 0);
  const conditions = recordsIn(block["condition"]);
  return {
    ...(block["sid"] ? { Sid: block["sid"] } : {}),
    Effect: block["effect"] || "Allow",
    ...Object.fromEntries(named),
    ...principalsOf("Principal", block["principals"]),
    ...principalsOf("NotPrincipal", block["not_principals"]),
    ...(conditions.length > 0 && { Condition: conditionOf(conditions) }),
  };
}

function principalsOf(element: string, blocks: unknown): Values {
  const all = recordsIn(blocks);
  if (all.length === 0) return {};
  if (all.some(({ type }) => type === "*")) return { [element]: "*" };
  const byType = all.map(({ type, identifiers }) => [type, listOf(identifiers)]);
  return { [element]: Object.fromEntries(byType) as Values };
}

function conditionOf(blocks: readonly Values[]): Values {
  const tests = [...new Set(blocks.map(({ test }) => String(test)))];
  return Object.fromEntries(
    tests.map((test) => {
      const own = blocks.filter((each) => each["test"] === test);
      return [test, Object.fromEntries(own.map(({ variable, values }) => [variable, values]))];
    }),
  );
}
