import { z } from "zod";
import { noEffect } from "../fields.ts";
import { SCHEMAS, type ModelledType } from "../schemas.ts";

/** The blocks of a login at a load balancer, which is not asked for here. */
const isLogin = (name: string): boolean => /^(authenticate_|jwt_)/.test(name);

/** Whether an argument of a type, or of a block in it, is accepted without effect. */
export const hasNoEffect = (type: ModelledType, names: readonly string[]): boolean =>
  (type.startsWith("aws_lb_listener") && names.some(isLogin)) ||
  names
    .reduce<readonly unknown[]>(
      (level, name) => level.flatMap((each) => fieldsOf(each, name)),
      [SCHEMAS[type]],
    )
    .includes(noEffect);

/** The schemas of a field in a block. A union has several. */
function fieldsOf(schema: unknown, name: string): readonly unknown[] {
  const known = inner(schema);
  if (known instanceof z.ZodArray) return fieldsOf(known.def.element, name);
  if (known instanceof z.ZodUnion) {
    return known.def.options.flatMap((each: unknown) => fieldsOf(each, name));
  }
  if (!(known instanceof z.ZodObject)) return [];
  const { shape } = known;
  return Object.hasOwn(shape, name) ? [Reflect.get(shape, name)] : [];
}

/** A schema without what makes it optional, and without conversions before it. */
export function inner(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return inner(schema.def.innerType);
  }
  if (!(schema instanceof z.ZodPipe)) return schema;
  return inner(schema.def.in instanceof z.ZodTransform ? schema.def.out : schema.def.in);
}
