import { z } from "zod";
import { definitionOf, shapesOf } from "./fields.ts";

/** A field of a schema. The table in docs/environments.md is generated from these. */
export interface SchemaField {
  /** Keys from the root; `[]` stands for each item of a list, `<name>` for each key of a record. */
  readonly path: readonly string[];
  /** The shapes that contain the field, one for each `either` on its path. */
  readonly forms: readonly Form[];
  /** The schema without `optional` and defaults. */
  readonly schema: z.core.$ZodType;
  /** The allowed values, as in the error message. */
  readonly allowed: string;
  readonly isRequired: boolean;
  /** Undefined if the field has no default. */
  readonly default: unknown;
  readonly description: string;
}

/** One of the two shapes of an `either`. */
export interface Form {
  readonly path: readonly string[];
  readonly index: 0 | 1;
  readonly schema: z.core.$ZodType;
}

/** All fields of `schema` in the order of declaration. An object comes before its fields. */
export function schemaFields(schema: z.core.$ZodType): SchemaField[] {
  return inside(schema, [], []);
}

function inside(
  schema: z.core.$ZodType,
  path: readonly string[],
  forms: readonly Form[],
): SchemaField[] {
  const { schema: inner } = unwrapped(schema);
  const pair = shapesOf(inner);
  if (pair !== undefined) {
    return pair.flatMap((shape, index) => {
      const form: Form = { path, index: index === 0 ? 0 : 1, schema: unwrapped(shape).schema };
      return inside(shape, path, [...forms, form]);
    });
  }
  const def = definitionOf(inner);
  if (def.type === "object") {
    return Object.entries(def.shape).flatMap(([key, field]) => at(field, [...path, key], forms));
  }
  if (def.type === "array") return inside(def.element, [...path, "[]"], forms);
  if (def.type === "record") return inside(def.valueType, [...path, "<name>"], forms);
  return [];
}

function at(
  schema: z.core.$ZodType,
  path: readonly string[],
  forms: readonly Form[],
): SchemaField[] {
  const { schema: inner, isRequired, fallback, description } = unwrapped(schema);
  const field: SchemaField = {
    path,
    forms,
    schema: inner,
    allowed: allowedBy(inner),
    isRequired,
    default: fallback,
    description,
  };
  return [field, ...inside(schema, path, forms)];
}

interface Unwrapped {
  readonly schema: z.core.$ZodType;
  readonly isRequired: boolean;
  readonly fallback: unknown;
  readonly description: string;
}

/** Removes defaults and `optional`. Returns the outermost description. */
function unwrapped(schema: z.core.$ZodType): Unwrapped {
  const description = z.globalRegistry.get(schema)?.description ?? "";
  const def = definitionOf(schema);
  if (def.type !== "default" && def.type !== "prefault" && def.type !== "optional") {
    return { schema, isRequired: true, fallback: undefined, description };
  }
  const inner = unwrapped(def.innerType);
  return {
    ...inner,
    isRequired: false,
    fallback: def.type === "optional" ? inner.fallback : def.defaultValue,
    description: description === "" ? inner.description : description,
  };
}

/** No schema allows a symbol, so its error message says what is allowed. */
function allowedBy(schema: z.core.$ZodType): string {
  const { error } = z.safeParse(schema, Symbol("no value"));
  return error?.issues[0]?.message ?? "";
}
