import { readFileSync } from "node:fs";
import { at, type Fields, fieldsOf, isFields, listOf, readJson } from "./values.ts";

/** The planned change of a resource. https://developer.hashicorp.com/terraform/internals/json-format */
export interface ResourceChange extends Fields {
  readonly address: string;
  readonly mode: string;
  readonly type: string;
  readonly change: Fields & { readonly actions: readonly string[] };
}

export type Plan = Fields & { readonly resource_changes: readonly ResourceChange[] };

/** The file is not a plan. */
export class PlanError extends Error {
  override readonly name = "PlanError";
  readonly code = "ERR_PLAN_INVALID";

  constructor(file: string, cause?: unknown) {
    const wanted =
      "JSON with format_version 1.x, planned_values, resource_changes with address, mode, type and change.actions";
    const how = "create it with: terraform show -json saved.plan > plan.json";
    super(`${file} is not a plan (allowed: ${wanted}); ${how}`, { cause });
  }
}

/** @throws PlanError; what readFileSync throws */
export function readPlan(file: string): Plan {
  const bytes = readFileSync(file);
  // PowerShell's `>` writes UTF-16. Other Windows programs write UTF-8 with a byte order mark.
  const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
  const text = new TextDecoder(isUtf16 ? "utf-16le" : "utf-8").decode(bytes);
  try {
    return planIn(readJson(text), file);
  } catch (error) {
    throw error instanceof SyntaxError ? new PlanError(file, error) : error;
  }
}

/** @throws PlanError */
export function planIn(json: unknown, file: string): Plan {
  const { resource_changes: changes = [], ...plan } = fieldsOf(json);
  // A state also has a format version, and no changes. Only plans have planned values.
  const isPlan = isFields(plan["planned_values"]) && /^1[.]/.test(String(plan["format_version"]));
  if (!isPlan || !Array.isArray(changes) || !changes.every(isChange)) throw new PlanError(file);
  return { ...plan, resource_changes: changes };
}

const isChange = (each: unknown): each is ResourceChange =>
  ["address", "mode", "type"].every((field) => typeof at(each, field) === "string") &&
  Array.isArray(at(each, "change.actions"));

/** The fields that each part of a plan has in a release. */
const KNOWN = {
  plan: "format_version terraform_version timestamp prior_state relevant_attributes applyable errored complete planned_values resource_changes resource_drift output_changes configuration",
  "plan.resource_changes":
    "address mode type name index module_address provider_name previous_address deposed action_reason change",
  "plan.resource_changes.change":
    "actions before after after_unknown before_sensitive after_sensitive before_identity after_identity importing generated_config replace_paths",
  "plan.configuration": "provider_config root_module",
  provider: "name alias module_address full_name version_constraint expressions",
  "plan.configuration.root_module": "resources outputs",
  "plan.configuration.root_module.resources":
    "address mode type name schema_version depends_on provider_config_key expressions",
};

/** A word in the name of a new field at the top of a plan, or of one inside, that makes it one about changes. */
const ACTS =
  /"[^"]*(?:action|change|check|defer|exec|hook|import|invo|provision|trigger|variable)[^"]*":/i;

/** Other fields, such as provisioners, modules, actions, or something of a newer version that acts. */
export function* unknownFields(plan: Plan): Generator<string> {
  const provider = Object.values(fieldsOf(at(plan, "configuration.provider_config")));
  for (const [path, known] of Object.entries(KNOWN)) {
    for (const part of path.split(".").reduce(partsIn, [{ plan, provider }])) {
      const names = Object.keys(part).filter((name) => {
        const isNew = !known.split(" ").includes(name);
        return isNew && (part !== plan || ACTS.test(JSON.stringify({ [name]: part[name] })));
      });
      const { address = path } = part as { address?: string };
      if (names.length > 0) yield `${address}: has ${names.join(", ")}, which no release has`;
    }
  }
}

const partsIn = (all: Fields[], key: string) => all.flatMap((each) => listOf(each[key]));
