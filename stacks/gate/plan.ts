import { readFileSync } from "node:fs";
import { type Fields, fieldsOf, isFields, readJson } from "./values.ts";

/** The planned change of a resource. https://developer.hashicorp.com/terraform/internals/json-format */
export interface ResourceChange extends Fields {
  readonly address: string;
  readonly mode: string;
  readonly type: string;
  readonly change: Fields & { readonly actions: readonly string[] };
}

export interface Plan extends Fields {
  readonly resource_changes: readonly ResourceChange[];
  /** Resources that were changed outside of Terraform. */
  readonly resource_drift: readonly ResourceChange[];
}

/** The file is not a plan. */
export class PlanError extends Error {
  override readonly name = "PlanError";
  readonly code = "ERR_PLAN_INVALID";
}

const HOW = "create it with: terraform show -json saved.plan > plan.json";

/** @throws PlanError with the file and what is missing or wrong */
export function readPlan(file: string): Plan {
  try {
    const bytes = readFileSync(file);
    // PowerShell's `>` writes UTF-16. Other Windows programs write UTF-8 with a byte order mark.
    const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
    const text = bytes.toString(isUtf16 ? "utf16le" : "utf8").replace(/^\uFEFF/, "");
    return planIn(readJson(text), file);
  } catch (cause) {
    if (cause instanceof PlanError) throw cause;
    const { message } = cause as Error;
    // The message of a SyntaxError has text of the plan.
    const isText = cause instanceof SyntaxError;
    const why = isText ? `${file} is not JSON` : `cannot read ${file}: ${message}`;
    throw new PlanError(`${why}; ${HOW}`, { cause });
  }
}

/** @throws PlanError */
export function planIn(json: unknown, file: string): Plan {
  const { resource_changes: changes = [], resource_drift: drift = [], ...plan } = fieldsOf(json);
  const { format_version: version, planned_values: planned } = plan;
  const isPlan = isChanges(changes) && isChanges(drift) && String(version).startsWith("1.");
  // A state also has a format version, and no changes. Only plans have planned values.
  const lists = { resource_changes: changes as [], resource_drift: drift as [] };
  if (isPlan && isFields(planned)) return { ...plan, ...lists };
  const wanted = "format_version 1.x, resource_changes with address, mode, type and change.actions";
  const why = isPlan ? "planned_values is missing" : `allowed: ${wanted}`;
  throw new PlanError(`${file} is not a plan (${why}); ${HOW}`);
}

const isChanges = (value: unknown): value is ResourceChange[] =>
  Array.isArray(value) &&
  value.map(fieldsOf).every(({ address, mode, type, change }) => {
    const { actions } = fieldsOf(change);
    const texts = [address, mode, type, ...[actions].flat()];
    return Array.isArray(actions) && texts.every((text) => typeof text === "string");
  });

/** The fields of each part of a plan that the gate knows. */
const KNOWN = {
  plan: "format_version terraform_version timestamp prior_state relevant_attributes applyable errored complete planned_values resource_changes resource_drift output_changes configuration checks variables deferred_changes action_invocations deferred_action_invocations",
  "resource change":
    "address mode type name index module_address provider_name previous_address deposed action_reason change",
  change:
    "actions before after after_unknown before_sensitive after_sensitive before_identity after_identity importing generated_config replace_paths",
  configuration: "provider_config root_module",
  root_module: "resources outputs variables module_calls",
  resource:
    "address mode type name schema_version depends_on provider_config_key provisioners expressions",
  provider: "name alias module_address full_name version_constraint expressions",
};

/** Other fields. They may be something that acts, of a newer version. */
export function unknownFields(value: unknown, part: keyof typeof KNOWN): string[] {
  const known = new Set(KNOWN[part].split(" "));
  const names = Object.keys(fieldsOf(value)).filter((name) => !known.has(name));
  return names.length === 0 ? [] : [`has fields that are unknown here: ${names.join(", ")}`];
}
