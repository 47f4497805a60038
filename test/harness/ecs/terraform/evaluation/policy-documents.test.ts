import { expect, it } from "vitest";
import {
  documentOverrides,
  markedDocument,
  withDocuments,
} from "../../../../../harness/ecs/terraform/evaluation/policy-documents.ts";

const TYPE = "data.aws_iam_policy_document";

const READS = { sid: "Reads", actions: ["ssm:GetParameters"], resources: ["*"] };
const SENDS = { sid: "", actions: ["sqs:SendMessage"], resources: ["arn:x"], effect: null };

const reads = { Sid: "Reads", Effect: "Allow", Action: ["ssm:GetParameters"], Resource: ["*"] };
const sends = { Effect: "Allow", Action: ["sqs:SendMessage"], Resource: ["arn:x"] };

/** The statements of the document `all`, after the documents are filled in. */
function statementsOf(
  documents: Record<string, Record<string, unknown>>,
  policy = markedDocument(`${TYPE}.all`),
) {
  const resources = [
    ...Object.entries(documents).map(([name, values]) => {
      return { address: `${TYPE}.${name}`, mode: "data", values };
    }),
    { address: "aws_iam_policy.all", mode: "managed", values: { policy } },
  ];
  const { values } = withDocuments({ resources }).resources?.at(-1) ?? {};
  const { policy: text } = values as { policy: string };
  return (JSON.parse(text) as { Statement: unknown }).Statement;
}

it.each<[what: string, documents: Record<string, Record<string, unknown>>, expected: object[]]>([
  ["its statements", { all: { statement: [READS, SENDS] } }, [reads, sends]],
  [
    "principals and conditions",
    {
      all: {
        statement: [
          {
            effect: "Deny",
            actions: ["a:b"],
            principals: [{ type: "AWS", identifiers: ["1", "2"] }],
            not_principals: [{ type: "*", identifiers: ["*"] }],
            condition: [
              { test: "StringLike", variable: "a", values: ["1"] },
              { test: "StringLike", variable: "b", values: ["2"] },
            ],
          },
        ],
      },
    },
    [
      {
        Effect: "Deny",
        Action: ["a:b"],
        Principal: { AWS: ["1", "2"] },
        NotPrincipal: "*",
        Condition: { StringLike: { a: ["1"], b: ["2"] } },
      },
    ],
  ],
  [
    "its sources, and what overrides them by Sid",
    {
      one: { statement: [READS, SENDS] },
      two: { statement: [{ ...READS, actions: ["ssm:*"] }] },
      all: {
        source_policy_documents: [markedDocument(`${TYPE}.one`)],
        override_policy_documents: [markedDocument(`${TYPE}.two`)],
      },
    },
    [sends, { ...reads, Action: ["ssm:*"] }],
  ],
  [
    "all instances",
    { 'all["a"]': { statement: [READS] }, 'all["b"]': { statement: [SENDS, READS] } },
    [reads, sends],
  ],
  [
    "an empty statement for a source that is no policy",
    { all: { source_policy_documents: ["5"] } },
    [{}],
  ],
])("a policy has the statements of its document: %s", (_, documents, expected) => {
  expect(statementsOf(documents)).toEqual(expected);
});

it("a document may be taken apart and joined", () => {
  const joined = { Statement: [sends, { Sid: `of ${TYPE}.all` }] };
  const documents = { all: { statement: [READS] } };
  expect(statementsOf(documents, JSON.stringify(joined))).toEqual([sends, reads]);
});

const at = (key: string): string => `module.a["${key}"].module.b`;

it("each instance of a module has a mark of its own", () => {
  const block = { address: `module.a.module.b.${TYPE}.all`, type: TYPE } as never;
  const changes = ["x", "y"].map((key) => ({
    mode: "managed" as const,
    type: "x",
    change: { actions: [], after_unknown: {} },
    address: `${at(key)}.aws_sns_topic.t[0]`,
  }));
  const found = documentOverrides(
    { blocks: [block] },
    { resource_changes: changes, provider_schemas: {} },
  );
  expect(found.map(({ address }) => address)).toEqual([
    `${at("x")}.${TYPE}.all`,
    `${at("y")}.${TYPE}.all`,
  ]);
  const policy = String(found[0]?.values["json"]);
  const [document, other] = ["x", "y"].map((key, n) => {
    const values = { statement: [n === 0 ? READS : SENDS] };
    return { address: `${at(key)}.${TYPE}.all[0]`, mode: "data", values };
  });
  const resources = [document, other, { address: "p", values: { policy } }] as never;
  expect(JSON.stringify(withDocuments({ resources }).resources?.at(-1))).toBe(
    JSON.stringify({
      address: "p",
      values: { policy: JSON.stringify({ Version: "2012-10-17", Statement: [reads] }) },
    }),
  );
});
