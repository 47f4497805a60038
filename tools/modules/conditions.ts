import type { z } from "zod";
import { definitionOf } from "../../stacks/config/fields.ts";

/** A field of a schema as a Terraform variable. */
export interface Checked {
  /** Terraform's type. */
  readonly type: string;
  /** Expressions that are true for allowed values. Empty if the type is sufficient. */
  readonly conditions: readonly string[];
}

/**
 * Converts a field's type and checks to Terraform.
 *
 * @param value an expression, for example `var.memory`
 * @throws TypeError for a type of field that is not supported
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
      throw new TypeError(`${value}: modules do not support fields of type ${def.type}`);
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

/** Converts patterns and maximum length. Other refinements must be repeated at the variable. */
function textLike(schema: z.ZodString, value: string): string {
  const { maxLength } = schema;
  return [
    ...patternsOf(schema).map((pattern) => matches(pattern, value)),
    // Not length(): it fails for null, and Terraform evaluates both sides of &&.
    ...(maxLength === null ? [] : [matches(new RegExp(`^.{0,${maxLength}}$`), value)]),
  ].join(" && ");
}

/** An expression that is true if a value matches a pattern. */
export function matches(pattern: RegExp, value: string): string {
  return `can(regex(${quoted(re2(pattern))}, ${value}))`;
}

/** @throws TypeError for syntax that RE2, which Terraform uses, does not support. RE2 always matches Unicode */
function re2({ source, flags }: RegExp): string {
  if (/\(\?[=!<]/.test(source) || !["", "u"].includes(flags))
    throw new TypeError(`RE2 does not support ${source}`);
  return source.replaceAll(String.raw`\/`, "/");
}

/** A text as a Terraform string literal. */
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
