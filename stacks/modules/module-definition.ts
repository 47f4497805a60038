import type { ModuleJson, ModuleStack, Outputs } from "./module-stack.ts";
import { variableBlocks, type Variables } from "./variable.ts";

/** A module: the constructs it is made of, and what Terraform alone can say of it. */
export interface ModuleDefinition {
  readonly name: string;
  /** Paragraphs of its page: what it is, and after the example what a caller should know. */
  readonly about: string;
  readonly notes: readonly string[];
  /** A call of it in Terraform's language. */
  readonly example: string;
  readonly inputs: Variables;
  readonly stack: () => ModuleStack;
  readonly locals: Readonly<Record<string, string>>;
  /** How many there are of a resource, by its address: an expression. */
  readonly counts: Readonly<Record<string, string>>;
  /** What a reference of the constructs becomes, where a resource may be missing. */
  readonly references: Readonly<Record<string, string>>;
  readonly outputs: Outputs;
}

/**
 * The module in Terraform's JSON.
 *
 * @throws Error for a count or a reference that the constructs no longer have, and for a reference to a
 * resource that may be missing
 */
export function moduleJson(definition: ModuleDefinition): ModuleJson {
  const { inputs, locals, outputs, counts } = definition;
  const { terraform, resource, ...rest } = definition.stack().toModule();
  const json: ModuleJson = {
    terraform,
    variable: variableBlocks(inputs),
    locals,
    ...referring({ resource: counted(resource, counts), ...rest }, definition.references),
    output: outputs,
  };
  checkReferences(json);
  return json;
}

function counted(
  resources: ModuleJson["resource"],
  counts: ModuleDefinition["counts"],
): ModuleJson["resource"] {
  const changed = structuredClone(resources) as Record<string, Record<string, object>>;
  for (const [address, count] of Object.entries(counts)) {
    const [type = "", id = ""] = address.split(".");
    const body = changed[type]?.[id];
    if (body === undefined) throw new Error(`${address}: the constructs have no such resource`);
    Object.assign((changed[type] ??= {}), { [id]: { count: `\${${count}}`, ...body } });
  }
  return changed as ModuleJson["resource"];
}

function referring<Json extends object>(
  json: Json,
  references: ModuleDefinition["references"],
): Json {
  const text = Object.entries(references).reduce((before, [from, to]) => {
    const after = before.replaceAll(`\${${from}}`, `\${${to}}`);
    if (after === before) throw new Error(`${from}: the constructs do not refer to it`);
    return after;
  }, JSON.stringify(json));
  return JSON.parse(text) as Json;
}

/** A resource with a count is a list: an attribute of it needs an index. */
function checkReferences({ resource, ...json }: ModuleJson): void {
  const text = JSON.stringify({ resource, ...json });
  for (const [type, byId] of Object.entries(resource)) {
    for (const [id, { count }] of Object.entries(byId)) {
      if (count === undefined || !text.includes(`\${${type}.${id}.`)) continue;
      throw new Error(`${type}.${id} has a count, and is referred to without an index`);
    }
  }
}
