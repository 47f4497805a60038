import type { Environment } from "../config/environment-schema.ts";
import { arn, type Statement } from "./policy.ts";

/**
 * Lets a role read secrets of Secrets Manager and parameters of SSM, and nothing else
 * (https://docs.aws.amazon.com/AmazonECS/latest/developerguide/secrets-envvar-secrets-manager.html).
 *
 * @param references ARNs as in a container's `secrets`; the ARN of a secret may end with a JSON key
 * @param keyArns customer managed KMS keys that encrypt some of them
 */
export function readSecrets(
  references: readonly string[],
  keyArns: readonly string[] = [],
): Statement[] {
  const parameters = references.filter((reference) => service(reference) === "ssm");
  const secrets = references.filter((reference) => !parameters.includes(reference));
  return [
    allow("secretsmanager:GetSecretValue", secrets.map(withoutKey)),
    allow("ssm:GetParameters", parameters),
    allow("kms:Decrypt", keyArns),
  ].filter(({ Resource }) => Resource?.length);
}

function allow(action: string, arns: readonly string[]): Statement {
  return { Effect: "Allow", Action: action, Resource: [...new Set(arns)] };
}

function service(reference: string): string | undefined {
  return reference.split(":")[2];
}

/** The secret's ARN from `<arn>:<json key>:<version stage>:<version id>`; a token stays unchanged. */
function withoutKey(reference: string): string {
  return reference.startsWith("arn:") ? reference.split(":").slice(0, 7).join(":") : reference;
}

type Owner = Pick<Environment, "account" | "region">;

/** The ARN that ECS reads a secret from. The environment has an ARN or the name of a parameter. */
export function valueFrom(
  reference: string | { readonly ssmParameter: string },
  { account, region }: Owner,
): string {
  const name = typeof reference === "string" ? reference : reference.ssmParameter;
  return name.startsWith("/") ? arn("ssm", region, account, `parameter${name}`) : name;
}

/** `valueFrom` for all secrets of a container, by variable. */
export function valuesFrom(
  secrets: Readonly<Record<string, string>>,
  owner: Owner,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(secrets).map(([name, reference]) => [name, valueFrom(reference, owner)]),
  );
}
