import { describe, expect, it } from "vitest";
import { RuleError } from "../../../stacks/rules/rule-error.ts";
import { devWith, existingParts, minimalEnvironment, type Template } from "../support/template.ts";

const { app } = minimalEnvironment;
const secret = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:app/keys";

/** The template of an environment whose app has this number of secrets. */
function withSecrets(count: number, arn: (index: number) => string): Template {
  const names = Array.from({ length: count }, (_, index) => [`SECRET_${index}`, arn(index)]);
  return devWith({ ...existingParts, app: { ...app, secrets: Object.fromEntries(names) } });
}

function withManySecrets(): Template {
  return withSecrets(150, (index) => `${secret}/${index}-AbC123`);
}

describe("an environment with more secrets than fit in a role's policies", () => {
  it("is refused with the role and a remedy", () => {
    expect(withManySecrets).toThrow(RuleError);
    expect(withManySecrets).toThrow(
      /dev: aws_iam_role\.app_roles_execution: got "1\d{4} characters in aws_iam_role_policy\.app_roles_execution_secrets"/,
    );
    expect(withManySecrets).toThrow("remedy: ");
  });

  it("is accepted if they are keys of one secret", () => {
    expect(() => withSecrets(150, (index) => `${secret}-AbC123:key${index}::`)).not.toThrow();
  });
});
