import { isRecord } from "../../expression/values.ts";

/** An expression: its references, and its value or text if the plan has it. */
export interface Expression {
  readonly references: readonly string[];
  /** A value, or the text of a template in JSON syntax if there are references. */
  readonly constant: unknown;
}

/** An expression; for nested blocks, all their references. */
export function expressionOf(level: unknown): Expression {
  if (isRecord(level) && ("references" in level || "constant_value" in level)) {
    const { references, constant_value: constant } = level;
    const all = Array.isArray(references) ? references.map(String) : [];
    return { references: all, constant };
  }
  if (typeof level !== "object" || level === null) return { references: [], constant: undefined };
  const references = Object.values(level).flatMap((each) => expressionOf(each).references);
  return { references, constant: undefined };
}
