import { strings } from "../rules/template.ts";
import { isFields } from "./fields.ts";
import type { Plan } from "./plan-schema.ts";

/** Shorter values, such as a port, may occur by chance. */
const SHORTEST = 8;

/** The values that the plan marks as sensitive, such as a password in the state. */
export function secretValues({ resource_changes: changes }: Plan): Set<string> {
  const found = changes.flatMap(({ change }) => [
    ...marked(change.before, change.before_sensitive),
    ...marked(change.after, change.after_sensitive),
  ]);
  return new Set(found.filter(({ length }) => length >= SHORTEST));
}

/** @param marks the same structure as the value, with true for what is sensitive */
function* marked(value: unknown, marks: unknown): Generator<string> {
  if (marks === true) yield* Array.from(strings(value), ([, text]) => text);
  if (!isFields(value) || !isFields(marks)) return;
  for (const [key, mark] of Object.entries(marks)) yield* marked(value[key], mark);
}
