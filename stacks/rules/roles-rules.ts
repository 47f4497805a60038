import { finding, type Rule } from "./rule.ts";
import { type Template, text } from "./template.ts";

const mostCharacters = 10_240;

/** Upper limit for the length of an ARN that a reference is replaced with. */
const longestArn = 128;

const inlinePoliciesFit: Rule = {
  id: "inline-policies-fit",
  title: `The inline policies of a role have at most ${mostCharacters} characters in total, without whitespace`,
  source: "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html",
  remedy:
    "for an execution role, fewer secrets and secretKeyArns (keys of the same secret count once); for a task role, " +
    "a shorter taskPolicy, fewer services, or policies in app.taskPolicyArns, which do not count",
  *check(template) {
    for (const role of template.all("aws_iam_role")) {
      const policies = inlinePoliciesOf(role.address, template);
      const characters = policies.reduce((sum, { body }) => sum + charactersOf(body["policy"]), 0);
      if (characters <= mostCharacters) continue;
      const where = policies.map(({ address }) => address).join(" and ");
      yield finding(role, "", `${characters} characters in ${where}`);
    }
  },
};

function inlinePoliciesOf(role: string, template: Template) {
  return template
    .all("aws_iam_role_policy")
    .filter(({ body }) => template.find(body["role"])?.address === role);
}

function charactersOf(policy: unknown): number {
  const written = text(policy).replaceAll(/\$\{[^}]*\}/g, "-".repeat(longestArn));
  return written.replaceAll(/\s/g, "").length;
}

/** Limits of IAM roles. */
export const roleRules: readonly Rule[] = [inlinePoliciesFit];
