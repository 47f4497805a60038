import { readFileSync } from "node:fs";
import { z } from "zod";

/** Actions of a plan. Some exist only in newer versions of Terraform or OpenTofu. */
const actionSchema = z.enum(["no-op", "create", "read", "update", "delete", "forget", "open"]);

const resourceChangeSchema = z.looseObject({
  address: z.string(),
  // OpenTofu 1.11 lists ephemeral resources, with the action `open`.
  mode: z.enum(["managed", "data", "ephemeral"]),
  type: z.string(),
  previous_address: z.string().optional(),
  change: z.looseObject({
    actions: z.array(actionSchema).min(1),
    before: z.unknown().optional(),
    after: z.unknown().optional(),
    after_unknown: z.unknown().optional(),
    importing: z.unknown().optional(),
    // Paths that force a replacement.
    replace_paths: z.array(z.array(z.unknown())).optional(),
  }),
});

/**
 * The fields of a plan that the gate checks.
 * https://developer.hashicorp.com/terraform/internals/json-format
 */
const planSchema = z.looseObject({
  format_version: z.string().regex(/^1\./, "allowed: 1.x"),
  errored: z.boolean().optional(),
  complete: z.boolean().optional(),
  resource_changes: z.array(resourceChangeSchema).optional().default([]),
  resource_drift: z.array(resourceChangeSchema).optional().default([]),
  deferred_changes: z.array(z.unknown()).optional().default([]),
  // Terraform 1.14 and later: actions of providers.
  action_invocations: z.array(z.unknown()).optional().default([]),
});

export type Plan = z.output<typeof planSchema>;
export type ResourceChange = z.output<typeof resourceChangeSchema>;

/** The file is not a valid plan. */
export class PlanError extends Error {
  override readonly name = "PlanError";
  readonly code = "ERR_PLAN_INVALID";
}

const HOW = "create it with: terraform show -json saved.plan > plan.json";

/** @throws PlanError with the file and the missing or wrong field */
export function readPlan(file: string): Plan {
  return planIn(jsonIn(file), file);
}

function jsonIn(file: string): unknown {
  const text = textIn(file);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new PlanError(`${file} is not JSON; ${HOW}`, { cause });
  }
}

/** PowerShell's `>` writes UTF-16. Other Windows programs write UTF-8 with a byte order mark. */
function textIn(file: string): string {
  try {
    const bytes = readFileSync(file);
    const isUtf16 = bytes[0] === 0xff && bytes[1] === 0xfe;
    return bytes.toString(isUtf16 ? "utf16le" : "utf8").replace(/^\uFEFF/, "");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new PlanError(`cannot read ${file}: ${reason}`, { cause });
  }
}

/** @throws PlanError */
export function planIn(json: unknown, file: string): Plan {
  const result = planSchema.safeParse(json);
  // A state also has a format version, and no changes, so it would pass without this check.
  const isPlan = typeof json === "object" && json !== null && "planned_values" in json;
  if (result.success && isPlan) return result.data;
  const [issue] = result.error?.issues ?? [];
  const why = issue
    ? `${issue.path.join(".") || "top level"}: ${issue.message}`
    : "planned_values is missing";
  throw new PlanError(`${file} is not a plan (${why}); ${HOW}`);
}
