import { containerDefinition } from "../container-definition.ts";
import { empty, noEffect } from "../fields.ts";
import { SCHEMAS } from "../schemas.ts";
import { WITHOUT_LOCAL_EFFECT } from "../support.ts";
import { REFUSED } from "../refused-types.ts";
import { UNPLAYED_FIELDS } from "./playable-containers.ts";
import { UNPLAYED } from "./unplayed-arguments.ts";
import { LEFT_OUT } from "./unplayed-resources.ts";

/** The support for the fields of a resource or a container. */
export interface SupportedFields {
  readonly honoured: readonly string[];
  readonly withoutEffect: readonly string[];
  /** Fields that are refused unless they are empty. */
  readonly refused: readonly string[];
}

/** The support for each part of a plan. */
export interface PlanSupport {
  /** By resource type. */
  readonly types: Readonly<Record<string, SupportedFields>>;
  readonly container: SupportedFields;
  /** Refused types, each with the reason. A type that ends with `_` is a prefix. */
  readonly refused: readonly (readonly [type: string, reason: string])[];
  readonly notPlayed: readonly (readonly [type: string, reason: string])[];
  /** Arguments, fields of containers and types without which services run, each with the reason. */
  readonly unplayed: readonly (readonly [what: string, reason: string])[];
}

/** Meta-arguments, which every resource can have. */
const META = new Set([
  "depends_on",
  "lifecycle",
  "provider",
  "region",
  "tags",
  "tags_all",
  "timeouts",
]);

const isUnplayed = (name: string): boolean => UNPLAYED_FIELDS.some(([each]) => each === name);

/** Derives the support from the schemas. */
export function planSupport(): PlanSupport {
  const container = fieldsOf(containerDefinition.shape);
  const types = Object.entries(SCHEMAS).map(([type, { shape }]) => [type, fieldsOf(shape)]);
  return {
    types: Object.fromEntries(types) as PlanSupport["types"],
    container: { ...container, refused: container.refused.filter((name) => !isUnplayed(name)) },
    refused: REFUSED.filter(([type]) => !Object.hasOwn(LEFT_OUT, type)),
    notPlayed: WITHOUT_LOCAL_EFFECT,
    unplayed: [
      ...Object.entries(UNPLAYED).flatMap(([type, each]) =>
        each.map(([argument, because]) => [`${type}.${argument}`, because] as const),
      ),
      ...Object.entries(LEFT_OUT),
      ...UNPLAYED_FIELDS.map(([field, because]) => [`container.${field}`, because] as const),
    ],
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
