import { describe, expect, it } from "vitest";
import { roleRules } from "../../../stacks/rules/roles-rules.ts";
import { foundBy, testBreaks, testKept } from "../support/broken.ts";

const role = "aws_iam_role.app_roles_task";
const policy = "aws_iam_role_policy.app_roles_task_policy";

/** A policy document with this number of characters, including `extra`. */
function policyOf(characters: number, extra = ""): string {
  const [begin, end] = ['{"Statement":[{}],"Id":"', '"}'];
  return `${begin}${"p".repeat(characters - begin.length - end.length)}${extra}${end}`;
}

const longest = { policy: policyOf(10_240) };

function found(policies: Record<string, { role: string; policy: string }>) {
  const roles = { one: {}, other: {} };
  const resource = { aws_iam_role: roles, aws_iam_role_policy: policies };
  return foundBy(roleRules, "inline-policies-fit", resource).map(({ address }) => address);
}

describe("the rules of roles", () => {
  testBreaks(roleRules, [
    [
      "inline-policies-fit",
      `${role}.`,
      ({ resource }) => (resource(policy)["policy"] = policyOf(10_241)),
      {},
      `10241 characters in ${policy}`,
    ],
  ]);

  testKept([
    [
      "policies with the maximum length",
      ({ resource }) => Object.assign(resource(policy), longest),
    ],
  ]);

  it("have a remedy for both kinds of roles", () => {
    expect(roleRules.map(({ remedy }) => remedy)).toEqual([
      expect.stringMatching(/^for an execution role, .*; for a task role, /),
    ]);
  });

  it("count the policies of each role separately, and ignore existing roles", () => {
    const policies = {
      one: { ...longest, role: "${aws_iam_role.one.id}" },
      other: { ...longest, role: "${aws_iam_role.other.name}" },
      existing: { ...longest, role: "operators" },
      more: { ...longest, role: "operators" },
    };
    expect(found(policies)).toEqual([]);
    const more = { policy: policyOf(100), role: "${aws_iam_role.other.id}" };
    expect(found({ ...policies, more })).toEqual(["aws_iam_role.other"]);
  });

  it("count a reference as the longest possible ARN", () => {
    const references = "${aws_secretsmanager_secret.a.arn},${aws_efs_file_system.b.arn}";
    const withReferences = (characters: number) => ({
      one: { policy: policyOf(characters, references), role: "${aws_iam_role.one.id}" },
    });
    const ofReferences = 2 * 128 + ",".length;
    expect(found(withReferences(10_240 - ofReferences))).toEqual([]);
    expect(found(withReferences(10_241 - ofReferences))).toEqual(["aws_iam_role.one"]);
  });
});
