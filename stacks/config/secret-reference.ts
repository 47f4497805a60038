// References to secrets. An environment never contains the secret value.

import { fields, text } from "./fields.ts";

// AWS appends six characters to a secret's ARN. Without them, the role's policy would not match.
const secret =
  "arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\\d{12}:secret:[\\w/+=.@-]+-[A-Za-z0-9]{6}(:[\\w/+=.@-]*){0,3}";
const parameter = "arn:aws[a-z-]*:ssm:[a-z0-9-]+:\\d{12}:parameter\\/[\\w./-]+|\\/[\\w./-]+";

/** The ARN of a secret, or the ARN or name of a parameter. */
export const secretReference = text(
  new RegExp(`^(${secret}|${parameter})$`),
  "the full ARN of a Secrets Manager secret, optionally with :json-key::, or the ARN or /name of an SSM parameter",
);

export const secretArn = new RegExp(`^${secret}$`);
export const secretArnAllowed =
  "the full ARN of a Secrets Manager secret, optionally with :json-key::";

/** A parameter's name in an object, for fields where text has another meaning. */
export function parameterReference(example: string, holds: string) {
  return fields({
    ssmParameter: text(/^\/[\w./-]+$/, `a parameter name such as ${example}`).describe(holds),
  });
}
