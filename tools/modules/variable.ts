import { z } from "zod";
import { ensureDefined } from "../../stacks/config/ensure-defined.ts";
import { definitionOf } from "../../stacks/config/fields.ts";
import { allowedBy, type SchemaField, schemaFields } from "../../stacks/config/schema-fields.ts";
import { checkedBy } from "./conditions.ts";

/** An input of a module. */
export interface Variable {
  /** Terraform's type. */
  readonly type: string;
  readonly description: string;
  /** Undefined if the variable is required, null if it is optional without a default. */
  readonly default?: unknown;
  readonly validations: readonly Validation[];
}

/** A condition and a text that says what is allowed. */
export interface Validation {
  readonly condition: string;
  readonly allowed: string;
}

/** A module's inputs by name. */
export type Variables = Readonly<Record<string, Variable>>;

/** Values that replace those of the schema. */
export interface Overrides {
  readonly description?: string;
  readonly default?: unknown;
  /** Added to those of the schema. */
  readonly validations?: readonly Validation[];
}

/** Converts a configuration field to a variable with its checks, description and default. */
export function variableOf(name: string, schema: z.ZodType, own: Overrides = {}): Variable {
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
 * The validations of a schema.
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

/** What is allowed. For a map, also the allowed keys and values. */
function allowedIn({ schema, allowed }: SchemaField): string {
  const def = definitionOf(schema);
  if (def.type !== "record") return allowed;
  return `${allowed}; each ${allowedBy(def.keyType)}; its value ${allowedBy(def.valueType)}`;
}

function isNullable({ isRequired, fallback }: { isRequired: boolean; fallback: unknown }): boolean {
  return !isRequired && fallback === null;
}

/** Makes a validation accept null. Not with `||`, because Terraform evaluates both sides. */
export function orNull(name: string): (validation: Validation) => Validation {
  return ({ condition, allowed }) => ({
    condition: `var.${name} == null ? true : ${condition}`,
    allowed,
  });
}

/** The variables as Terraform JSON. */
export function variableBlocks(variables: Variables): Record<string, object> {
  return Object.fromEntries(
    Object.entries(variables).map(([name, variable]) => [name, block(name, variable)]),
  );
}

function block(name: string, variable: Variable): object {
  const { type, default: fallback, validations } = variable;
  return {
    type,
    description: describedAs(variable),
    ...(fallback !== undefined && { default: fallback }),
    // Null means the default.
    ...(fallback !== null && { nullable: false }),
    ...(validations.length > 0 && {
      validation: validations.map(({ condition, allowed }) => ({
        condition: `\${${condition}}`,
        error_message: `${name}: ${allowed}`,
      })),
    }),
  };
}

/** The description and the allowed values, in Markdown. */
function describedAs({ description, validations }: Variable): string {
  const allowed = [...new Set(validations.map((each) => each.allowed))];
  const words =
    allowed.length === 0 ? description : `${description}. Allowed: ${allowed.join("; ")}`;
  return words
    .split(/(`[^`]*`)/)
    .map(withoutElements)
    .join("");
}

/** Outside of code, Markdown reads `<name>` as an element of HTML. */
function withoutElements(part: string): string {
  if (part.startsWith("`")) return part;
  return part.replaceAll(/[^\s]*<[^\s]*[^\s,;.]/g, (word) => `\`${word}\``);
}
