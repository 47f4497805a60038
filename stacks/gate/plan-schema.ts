import { z } from "zod";

/** Actions of a plan. Some exist only in newer versions of Terraform or OpenTofu. */
const actionSchema = z.enum(["no-op", "create", "read", "update", "delete", "forget", "open"]);

// Fields that the gate does not read are in the schemas too: other fields are refused, because they may be something
// that acts, of a newer version.
const ignored = z.unknown().optional();

const changeSchema = z.looseObject({
  actions: z.array(actionSchema).min(1),
  before: ignored,
  after: ignored,
  after_unknown: ignored,
  before_sensitive: ignored,
  after_sensitive: ignored,
  before_identity: ignored,
  after_identity: ignored,
  importing: ignored,
  generated_config: ignored,
  // Paths that force a replacement.
  replace_paths: z.array(z.array(z.unknown())).optional(),
});

const resourceChangeSchema = z.looseObject({
  address: z.string(),
  // OpenTofu 1.11 lists ephemeral resources, with the action `open`.
  mode: z.enum(["managed", "data", "ephemeral"]),
  type: z.string(),
  name: ignored,
  index: ignored,
  module_address: ignored,
  provider_name: z.string().optional(),
  previous_address: z.string().optional(),
  // The key of an object that an earlier replacement left behind.
  deposed: z.string().optional(),
  action_reason: z.string().optional(),
  change: changeSchema,
});

const byName = z.record(z.string(), z.unknown()).optional().default({});

const configuredResourceSchema = z.looseObject({
  address: z.string(),
  mode: z.enum(["managed", "data", "ephemeral"]),
  type: ignored,
  name: ignored,
  schema_version: ignored,
  depends_on: ignored,
  count_expression: ignored,
  for_each_expression: ignored,
  provider_config_key: z.string().optional(),
  provisioners: z
    .array(z.looseObject({ type: z.string() }))
    .optional()
    .default([]),
  expressions: byName,
});

const providerSchema = z.looseObject({
  name: ignored,
  alias: ignored,
  module_address: ignored,
  full_name: z.string().optional(),
  version_constraint: z.string().optional(),
  expressions: byName,
});

const moduleSchema = z.looseObject({
  resources: z.array(configuredResourceSchema).optional().default([]),
  outputs: byName,
  variables: byName,
  module_calls: byName,
});

const configurationSchema = z.looseObject({
  provider_config: z.record(z.string(), providerSchema).optional().default({}),
  root_module: moduleSchema,
});

const plannedValuesSchema = z.looseObject({
  root_module: z
    .looseObject({
      resources: z
        .array(z.looseObject({ address: z.string(), values: z.unknown().optional() }))
        .optional()
        .default([]),
    })
    .optional(),
});

const named = z.looseObject({ address: z.string().optional() });

const outputChangeSchema = z.looseObject({ actions: z.array(actionSchema).min(1) });

/**
 * The fields of a plan that the gate checks.
 * https://developer.hashicorp.com/terraform/internals/json-format
 */
export const planSchema = z.looseObject({
  format_version: z.string().regex(/^1\./, "allowed: 1.x"),
  terraform_version: ignored,
  timestamp: ignored,
  prior_state: ignored,
  relevant_attributes: ignored,
  applyable: z.boolean().optional(),
  errored: z.boolean().optional(),
  complete: z.boolean().optional(),
  planned_values: plannedValuesSchema,
  resource_changes: z.array(resourceChangeSchema).optional().default([]),
  resource_drift: z.array(resourceChangeSchema).optional().default([]),
  output_changes: z.record(z.string(), outputChangeSchema).optional().default({}),
  // Absent in a file from which it was removed. The gate refuses such a plan.
  configuration: configurationSchema.optional(),
  // Results of preconditions, postconditions and check blocks.
  checks: z
    .array(z.looseObject({ address: z.looseObject({ to_display: z.string() }) }))
    .optional()
    .default([]),
  variables: byName,
  deferred_changes: z
    .array(z.looseObject({ resource_change: named.optional() }))
    .optional()
    .default([]),
  // Terraform 1.14 and later: actions of providers.
  action_invocations: z.array(named).optional().default([]),
  deferred_action_invocations: z
    .array(z.looseObject({ action_invocation: named.optional() }))
    .optional()
    .default([]),
});

export type Plan = z.output<typeof planSchema>;
export type ResourceChange = z.output<typeof resourceChangeSchema>;
export type ConfiguredResource = z.output<typeof configuredResourceSchema>;
export type ConfiguredProvider = z.output<typeof providerSchema>;

const known = {
  plan: planSchema,
  configuration: configurationSchema,
  module: moduleSchema,
  resource: configuredResourceSchema,
  provider: providerSchema,
  resourceChange: resourceChangeSchema,
  change: changeSchema,
};

/** The fields of a part of a plan that the gate does not know. */
export function unknownFields(part: keyof typeof known, value: object): string[] {
  return Object.keys(value).filter((field) => !Object.hasOwn(known[part].shape, field));
}
