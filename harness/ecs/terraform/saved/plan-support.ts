import { containerDefinition } from "../container-definition.ts";
import { empty, noEffect } from "../fields.ts";
import { SCHEMAS } from "../schemas.ts";
import { WITHOUT_LOCAL_EFFECT } from "../support.ts";
import { REFUSED } from "../refused-types.ts";

/** What happens to the fields of a resource or a container. */
export interface SupportedFields {
  readonly honoured: readonly string[];
  readonly withoutEffect: readonly string[];
  /** Refused unless they are empty. */
  readonly refused: readonly string[];
}

/** What the local ECS does with the parts of a plan. */
export interface PlanSupport {
  /** By resource type. */
  readonly types: Readonly<Record<string, SupportedFields>>;
  readonly container: SupportedFields;
  /** Types, each with the reason. A type that ends with `_` stands for all that begin with it. */
  readonly refused: readonly (readonly [type: string, reason: string])[];
  readonly notPlayed: readonly (readonly [type: string, reason: string])[];
}

/** Of every resource: what Terraform itself takes. */
const META = new Set([
  "depends_on",
  "lifecycle",
  "provider",
  "region",
  "tags",
  "tags_all",
  "timeouts",
]);

/** What is honoured and refused, as the schemas have it. */
export function planSupport(): PlanSupport {
  const types = Object.entries(SCHEMAS).map(([type, { shape }]) => [type, fieldsOf(shape)]);
  return {
    types: Object.fromEntries(types) as PlanSupport["types"],
    container: fieldsOf(containerDefinition.shape),
    refused: REFUSED,
    notPlayed: WITHOUT_LOCAL_EFFECT,
  };
}

function fieldsOf(shape: object): SupportedFields {
  const fields = Object.entries(shape).filter(([name]) => !META.has(name));
  const those = (isOne: (field: unknown) => boolean): string[] =>
    fields.filter(([, field]) => isOne(field)).map(([name]) => name);
  return {
    honoured: those((field) => field !== noEffect && field !== empty),
    withoutEffect: those((field) => field === noEffect),
    refused: those((field) => field === empty),
  };
}
