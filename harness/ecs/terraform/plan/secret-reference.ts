import { HarnessError } from "../../base/errors.ts";
import type { SecretReference } from "./plan.ts";
import { parseSymbol } from "../expression/symbol.ts";

/** The stage of a secret's current version. */
export const CURRENT = "AWSCURRENT";

type Reference = Omit<SecretReference, "name">;

/**
 * Reads `valueFrom`: `arn`, or `arn:json-key:version-stage:version-id`, or a parameter's ARN or name.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html
 * @param where the argument, for the error
 * @throws HarnessError ERR_UNSUPPORTED for any version but the current one
 */
export function parseSecretReference(where: string, valueFrom: string): Reference {
  const symbolic = parseSymbol(valueFrom);
  if (symbolic) {
    const [, ...parts] = symbolic.rest.split(":");
    return { secret: symbolic.address, key: keyOf(where, parts) };
  }
  // A secret outside the template is found by its name. An ARN does not show whether its last part is six
  // random characters or a word, nor whether a parameter's name begins with a slash.
  const [, , service, , , resource = "", ...rest] = valueFrom.split(":");
  if (service === "ssm") {
    if (rest.length > 0) throw unsupported(where, `the version ${rest.join(":")} of a parameter`);
    const name = resource.replace(/^parameter/, "");
    return { secret: name, otherwise: name.replace(/^\//, ""), key: undefined };
  }
  if (service !== "secretsmanager") return { secret: valueFrom, key: undefined };
  const [secret = "", ...parts] = rest;
  return { secret: secret.replace(/-\w{6}$/, ""), otherwise: secret, key: keyOf(where, parts) };
}

function keyOf(
  where: string,
  [key = "", stage = "", id = ""]: readonly string[],
): Reference["key"] {
  if (id !== "") throw unsupported(where, `the version ${id} of a secret`);
  if (stage !== "" && stage !== CURRENT) throw unsupported(where, `the stage ${stage} of a secret`);
  return key === "" ? undefined : key;
}

const unsupported = (where: string, what: string): HarnessError =>
  new HarnessError("ERR_UNSUPPORTED", `${where}: ${what}; only the current one is supported`);
