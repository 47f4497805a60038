import { z } from "zod";
import { containerDefinition } from "../plan/container-definition.ts";
import { empty, type Marks, noEffect, resource } from "../types/fields.ts";
import { RESOURCE_TYPES } from "../types/index.ts";
import { WITHOUT_LOCAL_EFFECT } from "../types/without-effect.ts";
import { UNPLAYED_FIELDS } from "./adapt/playable-containers.ts";

/** The support for the fields of a resource or a container. */
export interface SupportedFields {
  readonly honoured: readonly string[];
  readonly withoutEffect: readonly string[];
  /** Fields that only the metadata of tasks has. */
  readonly inMetadata: readonly string[];
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
const META = new Set(Object.keys(resource({}).shape));

const isUnplayed = (name: string): boolean => UNPLAYED_FIELDS.some(([each]) => each === name);

/** Derives the support from the rows of the types and from the schemas. */
export function planSupport(): PlanSupport {
  const container = fieldsOf(containerDefinition.shape);
  const rows = Object.entries(RESOURCE_TYPES);
  const unplayed = rows.flatMap(([type, { notPlayed = {} }]) =>
    Object.entries(notPlayed).map(
      ([argument, because]) => [`${type}.${argument}`, because] as const,
    ),
  );
  const leftOut = rows.flatMap(([type, { leftOut: because }]) =>
    because === undefined ? [] : [[type, because] as const],
  );
  return {
    types: Object.fromEntries(
      rows.flatMap(([type, { schema }]) => (schema ? [[type, fieldsOf(schema.shape)]] : [])),
    ),
    container: { ...container, refused: container.refused.filter((name) => !isUnplayed(name)) },
    refused: rows.flatMap(([type, { refused, leftOut: other }]) =>
      refused === undefined || other !== undefined ? [] : [[type, refused] as const],
    ),
    notPlayed: WITHOUT_LOCAL_EFFECT,
    unplayed: [
      ...unplayed.toSorted(byName),
      ...leftOut.toSorted(byName),
      ...UNPLAYED_FIELDS.map(([field, because]) => [`container.${field}`, because] as const),
    ],
  };
}

const byName = ([one]: readonly string[], [other]: readonly string[]): number =>
  String(one) < String(other) ? -1 : 1;

const isMetadata = (field: unknown): boolean =>
  field instanceof z.ZodType && (field.meta() as Marks | undefined)?.isMetadata === true;

function fieldsOf(shape: object): SupportedFields {
  const fields = Object.entries(shape).filter(([name]) => !META.has(name));
  const those = (isOne: (field: unknown) => boolean): string[] =>
    fields.filter(([, field]) => isOne(field)).map(([name]) => name);
  return {
    honoured: those((field) => field !== noEffect && field !== empty && !isMetadata(field)),
    inMetadata: those(isMetadata),
    withoutEffect: those((field) => field === noEffect),
    refused: those((field) => field === empty),
  };
}
