import type { KnownNames } from "./known-names.ts";
import { symbol } from "../expression/symbol.ts";

const SECRET = "aws_secretsmanager_secret";

/** Container definitions with placeholders for ARNs of the plan's own secrets. */
export function withOwnSecrets(definitions: string, names: KnownNames): string {
  let containers: unknown;
  try {
    containers = JSON.parse(definitions);
  } catch {
    // Invalid JSON is refused later, with all container definitions.
    return definitions;
  }
  return JSON.stringify(containers, (key, value: unknown) =>
    key === "valueFrom" && typeof value === "string" ? withPlaceholder(value, names) : value,
  );
}

/** An ARN has seven parts. A JSON key, a stage and an id may follow. */
function withPlaceholder(value: string, names: KnownNames): string {
  const parts = value.split(":");
  const address = names.find(SECRET, parts.slice(0, 7).join(":"));
  return address === undefined ? value : [symbol(address, "arn"), ...parts.slice(7)].join(":");
}
