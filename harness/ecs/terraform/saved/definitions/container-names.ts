import { z } from "zod";
import { containerDefinition } from "../../plan/container-definition.ts";
import { isRecord } from "../../expression/values.ts";
import { inner } from "../nested-schema.ts";

/**
 * Container definitions with the API's names of fields. The provider reads them in any case, as modules write them:
 * `entrypoint`.
 * @returns undefined if the text is not a list in JSON
 */
export function withApiNames(text: string): string | undefined {
  try {
    const containers: unknown = JSON.parse(text);
    if (!Array.isArray(containers)) return undefined;
    return JSON.stringify(containers.map((each) => named(containerDefinition, each)));
  } catch {
    return undefined;
  }
}

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
