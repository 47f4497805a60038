import type { z } from "zod";
import { discovery } from "./discovery.ts";
import { hosts } from "./hosts.ts";
import { loadBalancers } from "./load-balancers.ts";
import {
  type Arguments,
  entryOf,
  type RefersToNew,
  type ResourceType,
  type ResourceTypes,
} from "./resource-type.ts";
import { services } from "./services.ts";
import { storage } from "./storage.ts";
import { taskDefinitions } from "./task-definitions.ts";
import { others, WITHOUT_LOCAL_EFFECT } from "./without-effect.ts";

const ROWS = {
  ...hosts,
  ...taskDefinitions,
  ...services,
  ...discovery,
  ...storage,
  ...loadBalancers,
  ...others,
} as const;

type Rows = typeof ROWS;

/** The resource types that the local ECS runs. */
export type ModelledType = {
  [Type in keyof Rows]: Rows[Type] extends { readonly schema: z.ZodObject } ? Type : never;
}[keyof Rows];

/** All rows, in the order of docs/plans.md. */
export const RESOURCE_TYPES: ResourceTypes = ROWS;

const NOTHING: ResourceType = {};

/** What is known about a type. */
export const rowOf = (type: string): ResourceType => entryOf(RESOURCE_TYPES, type) ?? NOTHING;

/** Whether a type is modelled. */
export const isModelled = (type: string): type is ModelledType => rowOf(type).schema !== undefined;

/** A type, or the address of a block in its module, without the other name that the provider has for load balancers. */
export const withoutAlias = (type: string): string =>
  type.replace(/^(data\.)?aws_alb(?=$|[._])/, "$1aws_lb");

/** The schema of a type's arguments. */
export const schemaOf = <Type extends ModelledType>(type: Type): Rows[Type]["schema"] =>
  ROWS[type].schema;

/** The schema of an argument; undefined if the argument is not modelled. */
export const argumentOf = (type: ModelledType, name: string): unknown =>
  entryOf<unknown>(schemaOf(type).shape, name);

/** The name of the argument whose value an attribute has: `input` for the `output` of terraform_data. */
export const argumentFor = (type: string, attribute: string): string =>
  entryOf(rowOf(type).sameAs, attribute) ?? attribute;

/** Why a template with a resource of this type is refused, and a plan unless it is left out there. */
export function whyRefused(type: string): string | undefined {
  const { refused, leftOut } = rowOf(type);
  return refused ?? leftOut;
}

/** Why a type has no local effect; undefined if it has one or is unknown. */
export function withoutLocalEffect(type: string): string | undefined {
  // A prefix ends at the end of the type or at a "_": aws_route covers aws_route_table, not aws_route53_*.
  return WITHOUT_LOCAL_EFFECT.find(
    ([prefix]) => type === prefix || type.startsWith(prefix.endsWith("_") ? prefix : `${prefix}_`),
  )?.[1];
}

/** Whether it is known which arguments of a type force a new resource. */
export const isForcingKnown = (type: string): boolean => rowOf(type).replacedBy !== undefined;

/** Of the arguments that differ, those that need a new resource. */
export function forcingNew(
  type: string,
  before: Arguments,
  after: Arguments,
  names: readonly string[],
  refersToNew: RefersToNew,
): string[] {
  const { replacedBy } = rowOf(type);
  return names.filter((name) => entryOf(replacedBy, name)?.(before, after, refersToNew));
}
