import { readFileSync } from "node:fs";
import { type Plan, planSchema } from "./plan-schema.ts";

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
    return JSON.parse(text, withoutPrototype);
  } catch (cause) {
    if (cause instanceof PlanError) throw cause;
    throw new PlanError(`${file} is not JSON; ${HOW}`, { cause });
  }
}

/** Terraform allows this name, but the schema of a plan would drop what has it, unseen. */
function withoutPrototype(key: string, value: unknown): unknown {
  if (key === "__proto__") throw new PlanError("a plan with the name __proto__ cannot be checked");
  return value;
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
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  // A state also has a format version, and no changes. Only plans have planned values.
  const isState = issue?.path[0] === "planned_values" && !hasPlannedValues(json);
  const why = isState
    ? "planned_values is missing"
    : `${issue?.path.join(".") || "top level"}: ${issue?.message}`;
  throw new PlanError(`${file} is not a plan (${why}); ${HOW}`);
}

const hasPlannedValues = (json: unknown): boolean =>
  typeof json === "object" && json !== null && "planned_values" in json;
