import { z } from "zod";
import { type Marks, noEffect } from "../types/fields.ts";
import { argumentOf, type ModelledType, rowOf, schemaOf } from "../types/index.ts";

// What the schema of a type says about an argument, or about one in a block.

/** The resource type that an argument refers to, and the attribute. */
export interface Position {
  readonly type: string;
  readonly attribute: string;
}

/** The path of a value: names of arguments, and indices of lists. */
export type ValuePath = readonly (string | number)[];

const withoutIndices = (path: ValuePath): string[] =>
  path.filter((step) => typeof step === "string");

/** The names in a path, as text. */
export const namesOf = (path: ValuePath): string => withoutIndices(path).join(".");

/** The blocks of a login at a load balancer, which is not asked for here. */
const isLogin = (name: string): boolean => /^(authenticate_|jwt_)/.test(name);

/** Whether an argument is accepted without effect. */
export const hasNoEffect = (type: ModelledType, path: ValuePath): boolean =>
  (rowOf(type).actions !== undefined && withoutIndices(path).some(isLogin)) ||
  schemasOf(type, path).includes(noEffect);

/** Whether the provider computes an argument that is left out. */
export const isComputed = (type: ModelledType, path: ValuePath): boolean =>
  marksOf(type, path).isComputed === true;

/** The types that an argument can refer to; none if it refers to none. */
export const positionsOf = (type: ModelledType, path: ValuePath): readonly Position[] =>
  (marksOf(type, path).refersTo ?? []).map((each) => {
    const [referred = "", attribute = ""] = each.split(".");
    return { type: referred, attribute };
  });

/** What the schema of an argument is marked with. */
const marksOf = (type: ModelledType, path: ValuePath): Marks =>
  Object.assign({}, ...schemasOf(type, path).map(marksIn)) as Marks;

/** Whether a block of a type contains references. */
export const hasReferences = (type: ModelledType, block: string): boolean =>
  partsOf(argumentOf(type, block)).some(isOrHasReference);

const isOrHasReference = (schema: unknown): boolean =>
  marksIn(schema).refersTo !== undefined || partsOf(schema).some(isOrHasReference);

/** The marks of a schema, and of those that it makes optional. */
function marksIn(schema: unknown): Marks {
  if (!(schema instanceof z.ZodType)) return {};
  const isWrapped = schema instanceof z.ZodOptional || schema instanceof z.ZodDefault;
  return { ...(isWrapped && marksIn(schema.def.innerType)), ...schema.meta() };
}

/** The schemas of an argument. A union has several. */
const schemasOf = (type: ModelledType, path: ValuePath): readonly unknown[] =>
  withoutIndices(path).reduce<readonly unknown[]>(
    (level, name) => level.flatMap((each) => fieldsOf(each, name)),
    [schemaOf(type)],
  );

/** The schemas of a field in a block. */
function fieldsOf(schema: unknown, name: string): readonly unknown[] {
  const known = inner(schema);
  if (!(known instanceof z.ZodObject))
    return partsOf(known).flatMap((each) => fieldsOf(each, name));
  const { shape } = known;
  return Object.hasOwn(shape, name) ? [Reflect.get(shape, name)] : [];
}

/** The schemas of items, of alternatives or of fields. */
function partsOf(schema: unknown): readonly unknown[] {
  const known = inner(schema);
  if (known instanceof z.ZodArray) return [known.def.element];
  if (known instanceof z.ZodUnion) return known.def.options;
  return known instanceof z.ZodObject ? Object.values(known.shape) : [];
}

/** A schema without what makes it optional, and without conversions before it. */
export function inner(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return inner(schema.def.innerType);
  }
  if (!(schema instanceof z.ZodPipe)) return schema;
  return inner(schema.def.in instanceof z.ZodTransform ? schema.def.out : schema.def.in);
}
