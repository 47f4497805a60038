import { z } from "zod";
import { ensureDefined } from "../config/ensure-defined.ts";
import { definitionOf } from "../config/fields.ts";
import { allowedBy, type SchemaField, schemaFields } from "../config/schema-fields.ts";
import { checkedBy } from "./conditions.ts";

/** An input of a module. */
export interface Variable {
  /** Terraform's type. */
  readonly type: string;
  readonly description: string;
  /** Undefined: it is required. Null: it may be left out. */
  readonly default?: unknown;
  readonly validations: readonly Validation[];
}

/** What a value must be: an expression, and what is allowed in words. */
export interface Validation {
  readonly condition: string;
  readonly allowed: string;
}

/** A module's inputs by name. */
export type Variables = Readonly<Record<string, Variable>>;

/** What a variable says in place of its schema. */
export interface Own {
  readonly description?: string;
  readonly default?: unknown;
  /** In addition to the schema's. */
  readonly validations?: readonly Validation[];
}

/** A variable of the values that a field of a configuration allows, with its description and default. */
export function variableOf(name: string, schema: z.ZodType, own: Own = {}): Variable {
  const field = fieldOf(schema);
  const fallback = Object.hasOwn(own, "default") ? own.default : (field.default ?? null);
  const isRequired = field.isRequired && !Object.hasOwn(own, "default");
  const { type } = checkedBy(field.schema, `var.${name}`);
  const validations = [...validationsOf(schema, `var.${name}`), ...(own.validations ?? [])];
  return {
    type,
    description: own.description ?? field.description,
    ...(!isRequired && { default: fallback }),
    validations: isNullable({ isRequired, fallback }) ? validations.map(orNull(name)) : validations,
  };
}

/**
 * What a schema says of a value.
 *
 * @param value an expression, for example `var.namespace.id`
 */
export function validationsOf(schema: z.ZodType, value: string): Validation[] {
  const field = fieldOf(schema);
  const { conditions } = checkedBy(field.schema, value);
  return conditions.map((condition) => ({ condition, allowed: allowedIn(field) }));
}

function fieldOf(schema: z.ZodType): SchemaField {
  return ensureDefined(schemaFields(z.object({ value: schema }))[0], "field");
}

/** Of a map, what its keys and values may be. */
function allowedIn({ schema, allowed }: SchemaField): string {
  const def = definitionOf(schema);
  if (def.type !== "record") return allowed;
  return `${allowed}; each ${allowedBy(def.keyType)}; its value ${allowedBy(def.valueType)}`;
}

function isNullable({ isRequired, fallback }: { isRequired: boolean; fallback: unknown }): boolean {
  return !isRequired && fallback === null;
}

/** For a variable that may be null; `||` would evaluate its right side as well. */
export function orNull(name: string): (validation: Validation) => Validation {
  return ({ condition, allowed }) => ({
    condition: `var.${name} == null ? true : ${condition}`,
    allowed,
  });
}

/** The variables as Terraform's JSON has them. */
export function variableBlocks(variables: Variables): Record<string, object> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => [name, block(name, variable)]),
  );
}

function block(name: string, variable: Variable): object {
  const { type, description, default: fallback, validations } = variable;
  return {
    type,
    description,
    ...(fallback !== undefined && { default: fallback }),
    // Null then means the default.
    ...(fallback !== null && { nullable: false }),
    ...(validations.length > 0 && {
      validation: validations.map(({ condition, allowed }) => ({
        condition: `\${${condition}}`,
        error_message: `${name}: ${allowed}`,
      })),
    }),
  };
}
