import type { ModuleJson, ModuleStack, Outputs } from "./module-stack.ts";
import { variableBlocks, type Variables } from "./variable.ts";

/** A module: its constructs, and the parts that need Terraform expressions. */
export interface ModuleDefinition {
  readonly name: string;
  /** Introduction of its page. */
  readonly about: string;
  /** Sections of its page after the example. */
  readonly notes: readonly string[];
  /** A call of the module in HCL. */
  readonly example: string;
  readonly inputs: Variables;
  readonly stack: () => ModuleStack;
  readonly locals: Readonly<Record<string, string>>;
  /** Expressions for `count`, by the resource's address. */
  readonly counts: Readonly<Record<string, string>>;
  /** Expressions for `for_each`, by the resource's address. */
  readonly forEach: Readonly<Record<string, string>>;
  /**
   * Replacements of texts in the constructs' JSON: references to repeated resources, and texts that depend on
   * an input.
   */
  readonly replacements: Readonly<Record<string, string>>;
  readonly outputs: Outputs;
}

/**
 * Returns the module as Terraform JSON.
 *
 * @throws Error if the constructs lack a resource in `counts` or `forEach` or a text in `replacements`, or if a
 * repeated resource is referenced without an index
 */
export function moduleJson(definition: ModuleDefinition): ModuleJson {
  const { inputs, locals, outputs } = definition;
  const { terraform, resource, ...rest } = definition.stack().toModule();
  const json: ModuleJson = {
    terraform,
    variable: variableBlocks(inputs),
    locals,
    ...replaced({ resource: repeated(resource, definition), ...rest }, definition.replacements),
    output: outputs,
  };
  checkReferences(json);
  return json;
}

function repeated(
  resources: ModuleJson["resource"],
  { counts, forEach }: ModuleDefinition,
): ModuleJson["resource"] {
  const changed = structuredClone(resources) as Record<string, Record<string, object>>;
  const all = [
    ...Object.entries(counts).map((entry) => [...entry, "count"] as const),
    ...Object.entries(forEach).map((entry) => [...entry, "for_each"] as const),
  ];
  for (const [address, expression, argument] of all) {
    const [type = "", id = ""] = address.split(".");
    const body = changed[type]?.[id];
    if (body === undefined)
      throw new Error(`${address}: the constructs do not create this resource`);
    Object.assign((changed[type] ??= {}), { [id]: { [argument]: `\${${expression}}`, ...body } });
  }
  return changed as ModuleJson["resource"];
}

function replaced<Json extends object>(
  json: Json,
  replacements: ModuleDefinition["replacements"],
): Json {
  const used = new Set<string>();
  const changed = inTexts(json, (text) =>
    Object.entries(replacements).reduce((before, [from, to]) => {
      if (before.includes(from)) used.add(from);
      return before.replaceAll(from, () => to);
    }, text),
  );
  const unused = Object.keys(replacements).find((from) => !used.has(from));
  if (unused !== undefined) throw new Error(`the constructs do not write ${unused}`);
  return changed as Json;
}

function inTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((item: unknown) => inTexts(item, change));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key, inTexts(inner, change)]),
  );
}

/** A resource with `count` is a list, and one with `for_each` a map, so a reference needs an index. */
function checkReferences({ resource, ...json }: ModuleJson): void {
  const text = JSON.stringify({ resource, ...json });
  for (const [type, byId] of Object.entries(resource)) {
    for (const [id, { count, for_each: each = count }] of Object.entries(byId)) {
      if (each === undefined || !text.includes(`\${${type}.${id}.`)) continue;
      throw new Error(`${type}.${id} is repeated but is referenced without an index`);
    }
  }
}
