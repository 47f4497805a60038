import { fields, text } from "./fields.ts";

/** How an environment names a value that is kept elsewhere: never the value itself. */

// AWS adds six characters to a secret's ARN: without them a role's right would not match.
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

/** A parameter by its name alone, where text means something else. */
export function parameterReference(example: string, holds: string) {
  return fields({
    ssmParameter: text(/^\/[\w./-]+$/, `a parameter name such as ${example}`).describe(holds),
  });
}
