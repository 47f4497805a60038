// References to values that are kept elsewhere. An environment never holds the value itself.

import { fields, text } from "./fields.ts";

// AWS adds six characters to a secret's ARN: without them the role's policy would not match.
const secret =
  "arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:\\d{12}:secret:[\\w/+=.@-]+-[A-Za-z0-9]{6}(:[\\w/+=.@-]*){0,3}";
const parameter = "arn:aws[a-z-]*:ssm:[a-z0-9-]+:\\d{12}:parameter\\/[\\w./-]+|\\/[\\w./-]+";

/** A secret by its ARN, or a parameter by its ARN or name. */
export const secretReference = text(
  new RegExp(`^(${secret}|${parameter})$`),
  "the full ARN of a Secrets Manager secret, with :json-key:: after it for one key of it, or the ARN or /name of an SSM parameter",
);

export const secretArn = new RegExp(`^${secret}$`);
export const secretArnAllowed =
  "the full ARN of a Secrets Manager secret, with :json-key:: after it for one key of it";

/** A parameter by its name, as an object, since plain text means something else there. */
export function parameterReference(example: string, holds: string) {
  return fields({
    ssmParameter: text(/^\/[\w./-]+$/, `a parameter name such as ${example}`).describe(holds),
  });
}
