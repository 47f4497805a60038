import type { z } from "zod";
import { definitionOf } from "../config/fields.ts";

/** What a field of a schema is as a variable of Terraform. */
export interface Checked {
  /** Terraform's type. */
  readonly type: string;
  /** Expressions that hold for every value that is allowed; none where the type says it all. */
  readonly conditions: readonly string[];
}

/**
 * The type of a field, and what its schema checks, as expressions of Terraform.
 *
 * @param value an expression, for example `var.memory`
 * @throws TypeError for a kind of field that no module has
 */
export function checkedBy(schema: z.core.$ZodType, value: string): Checked {
  const def = definitionOf(schema);
  switch (def.type) {
    case "boolean":
      return { type: "bool", conditions: [] };
    case "number":
      return { type: "number", conditions: wholeNumber(schema as z.ZodNumber, value) };
    case "string":
      return { type: "string", conditions: [textLike(schema as z.ZodString, value)] };
    case "literal":
      return oneOf(def.values, value);
    case "record":
      return mapOf(def.keyType, def.valueType, value);
    default:
      throw new TypeError(`${value}: a module has no field of the kind ${def.type}`);
  }
}

function wholeNumber({ minValue, maxValue }: z.ZodNumber, value: string): string[] {
  return [`${value} >= ${minValue} && ${value} <= ${maxValue} && floor(${value}) == ${value}`];
}

function oneOf(values: readonly unknown[], value: string): Checked {
  const type = typeof values[0] === "number" ? "number" : "string";
  return { type, conditions: [`contains(${JSON.stringify(values)}, ${value})`] };
}

function mapOf(keyType: z.core.$ZodType, valueType: z.core.$ZodType, value: string): Checked {
  const key = textLike(keyType as z.ZodString, "key");
  const each = textLike(valueType as z.ZodString, "value");
  return {
    type: "map(string)",
    conditions: [`alltrue([for key, value in ${value} : ${key} && ${each}])`],
  };
}

/** A text by its patterns and its length. What else refines it is written out where the variable is. */
function textLike(schema: z.ZodString, value: string): string {
  const { maxLength } = schema;
  return [
    ...patternsOf(schema).map((pattern) => matches(pattern, value)),
    // Not length(), which fails for null: Terraform evaluates both sides of &&.
    ...(maxLength === null ? [] : [matches(new RegExp(`^.{0,${maxLength}}$`), value)]),
  ].join(" && ");
}

/** Whether a value matches a pattern. */
export function matches(pattern: RegExp, value: string): string {
  return `can(regex(${quoted(re2(pattern))}, ${value}))`;
}

/** @throws TypeError for what RE2, which Terraform uses, does not have */
function re2({ source, flags }: RegExp): string {
  if (/\(\?[=!<]/.test(source) || flags !== "") throw new TypeError(`not for RE2: ${source}`);
  return source.replaceAll(String.raw`\/`, "/");
}

/** A text as a literal of Terraform's language. */
export function quoted(text: string): string {
  return JSON.stringify(text).replaceAll(/[$%](?=\{)/g, (sign) => sign + sign);
}

function patternsOf(schema: z.core.$ZodType): RegExp[] {
  const { checks = [] } = definitionOf(schema);
  return checks.flatMap(({ _zod: internals }) => {
    const { pattern } = internals.def as { pattern?: unknown };
    return pattern instanceof RegExp ? [pattern] : [];
  });
}
