import { z } from "zod";
import { containerDefinition } from "../../plan/container-definition.ts";
import { isRecord } from "../../expression/values.ts";
import { symbol } from "../../expression/symbol.ts";
import type { KnownNames } from "../known-names.ts";
import { inner } from "../nested-schema.ts";

// The text of container definitions, which is JSON.

/** Fields of a task definition, which some write into a container. */
const OF_THE_TASK: ReadonlySet<string> = new Set([
  "ephemeralstorage",
  "executionrolearn",
  "family",
  "ipcmode",
  "networkmode",
  "pidmode",
  "placementconstraints",
  "proxyconfiguration",
  "requirescompatibilities",
  "runtimeplatform",
  "tags",
  "taskrolearn",
  "volumes",
]);

/**
 * Container definitions with the API's names of fields. The provider reads them in any case, as modules write them:
 * `entrypoint`. It leaves out what no container has, such as the mode of the network.
 * @returns undefined if the text is not a list in JSON
 */
export function withApiNames(text: string): string | undefined {
  try {
    const containers: unknown = JSON.parse(text);
    if (!Array.isArray(containers)) return undefined;
    return JSON.stringify(containers.map((each) => named(containerDefinition, withoutTask(each))));
  } catch {
    return undefined;
  }
}

const withoutTask = (container: unknown): unknown =>
  isRecord(container)
    ? Object.fromEntries(
        Object.entries(container).filter(([key]) => !OF_THE_TASK.has(key.toLowerCase())),
      )
    : container;

function named(schema: unknown, value: unknown): unknown {
  const known = inner(schema);
  if (Array.isArray(value) && known instanceof z.ZodArray) {
    return value.map((item) => named(known.def.element, item));
  }
  if (!isRecord(value) || !(known instanceof z.ZodObject)) return value;
  const shape: Readonly<Record<string, unknown>> = known.shape;
  const names = new Map(Object.keys(shape).map((name) => [name.toLowerCase(), name]));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => {
      const name = names.get(key.toLowerCase()) ?? key;
      return [name, named(shape[name], item)];
    }),
  );
}

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
