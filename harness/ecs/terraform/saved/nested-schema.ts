import { z } from "zod";
import { noEffect } from "../fields.ts";
import { SCHEMAS, type ModelledType } from "../schemas.ts";

/** Whether an argument of a type, or of a block in it, is accepted without effect. */
export const hasNoEffect = (type: ModelledType, names: readonly string[]): boolean =>
  names
    .reduce<readonly unknown[]>(
      (level, name) => level.flatMap((each) => fieldsOf(each, name)),
      [SCHEMAS[type]],
    )
    .includes(noEffect);

/** The schemas of a field in a block. A union has several. */
function fieldsOf(schema: unknown, name: string): readonly unknown[] {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodDefault) {
    return fieldsOf(schema.def.innerType, name);
  }
  if (schema instanceof z.ZodPipe) {
    return [schema.def.in, schema.def.out].flatMap((each) => fieldsOf(each, name));
  }
  if (schema instanceof z.ZodArray) return fieldsOf(schema.def.element, name);
  if (schema instanceof z.ZodUnion) {
    return schema.def.options.flatMap((each: unknown) => fieldsOf(each, name));
  }
  if (!(schema instanceof z.ZodObject)) return [];
  const { shape } = schema;
  return Object.hasOwn(shape, name) ? [Reflect.get(shape, name)] : [];
}
