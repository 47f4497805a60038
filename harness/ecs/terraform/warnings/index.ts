import type { Plan } from "../plan/plan.ts";
import type { Note } from "../saved/note.ts";
import { Found } from "./found.ts";
import { portWarnings } from "./ports.ts";
import { secretWarnings } from "./secrets.ts";

/**
 * What runs here, and fails in AWS. A warning is sure: what the folder does not show gives none.
 * @param state as `terraform show -json` writes it
 */
export function warningsFor(state: object, plan: Plan): Note[] {
  const found = new Found(state);
  return [...secretWarnings(found), ...portWarnings(found, plan)];
}
