// Types of configuration fields. Each error message says what is allowed; `config-problems.ts` adds the value found.

import { z } from "zod";

/** A string that matches `pattern`; `allowed` is the error message. */
export function text(pattern: RegExp, allowed: string) {
  return z
    .string(allowed)
    .regex(pattern, allowed)
    .refine((value) => !/[$%]\{/.test(value), {
      // Terraform reads both as the start of a template, even inside a container definition.
      error: `${allowed}, without \${ or %{`,
    });
}

/** A whole number between `min` and `max`, both included. */
export function whole(min: number, max: number, unit = "") {
  const allowed = `a whole number from ${min} to ${max}${unit === "" ? "" : ` (${unit})`}`;
  return z.int(allowed).min(min, allowed).max(max, allowed);
}

export function flag() {
  return z.boolean("true or false");
}

export function oneOf<const Value extends string | number>(values: readonly Value[]) {
  return z.literal([...values], `one of ${values.join(", ")}`);
}

export function listOf<Item extends z.ZodType>(item: Item, min: number, allowed: string) {
  return z
    .array(item, allowed)
    .min(min, allowed)
    .refine((items) => new Set(items).size === items.length, {
      error: `${allowed}, without duplicates`,
    });
}

/** One or more words of a command line. */
export function listOfWords(allowed: string) {
  return z.array(text(/^/, "text in quotes"), allowed).min(1, allowed);
}

/**
 * An object that refuses unknown keys. Its message lists the known ones.
 * @param gone former keys, with what to do instead
 */
export function fields<const Shape extends z.ZodRawShape>(
  shape: Shape,
  gone: Readonly<Record<string, string>> = {},
) {
  const allowed = `fields ${Object.keys(shape).join(", ")}`;
  // By its entries: each object also has a `toString`.
  const instead = (keys: readonly string[]) =>
    Object.entries(gone).flatMap(([key, what]) => (keys.includes(key) ? [what] : []));
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? [allowed, ...instead(issue.keys)].join("; ")
        : `an object with ${allowed}`,
  });
}

/**
 * One of two shapes. `test` chooses the shape before parsing, so that errors are about that shape. If the value has
 * the wrong type for both, the error names both.
 */
export function either<Then extends z.ZodType, Else extends z.ZodType>(
  test: (value: unknown) => boolean,
  then: Then,
  otherwise: Else,
) {
  const chosen = z.unknown().transform((value, context) => {
    const [meant, other] = test(value) ? [then, otherwise] : [otherwise, then];
    const result = meant.safeParse(value);
    if (result.success) return result.data;
    const neither = [otherType(meant, value), otherType(other, value)];
    context.issues.push(
      ...(result.error.issues.map((issue) => ({
        ...issue,
        message: neither.includes(undefined) ? issue.message : neither.join(", or "),
        // An issue that is passed on to another schema needs the value found.
        input: value,
      })) as typeof context.issues),
    );
    return z.NEVER;
  });
  shapes.set(chosen.def.out, [then, otherwise]);
  return chosen as unknown as z.ZodType<
    z.output<Then> | z.output<Else>,
    z.input<Then> | z.input<Else>
  >;
}

/** The key is the transform that chooses, because copies of a schema keep it. */
const shapes = new WeakMap<object, readonly [z.ZodType, z.ZodType]>();

/** The two shapes of an `either` schema; undefined for other schemas. */
export function shapesOf(schema: z.core.$ZodType): readonly [z.ZodType, z.ZodType] | undefined {
  const def = definitionOf(schema);
  return def.type === "pipe" ? shapes.get(def.out) : undefined;
}

/** The definition of a schema, with its `type`. */
export function definitionOf(schema: z.core.$ZodType): z.core.$ZodTypes["_zod"]["def"] {
  return (schema as z.ZodType).def as z.core.$ZodTypes["_zod"]["def"];
}

/** The schema's error message if the value has the wrong type, else undefined. */
function otherType(schema: z.ZodType, value: unknown): string | undefined {
  return schema
    .safeParse(value)
    .error?.issues.find(({ code, path }) => code.startsWith("invalid_") && path.length === 0)
    ?.message;
}

/** For `either`: whether the value is an object with this key. */
export function has(key: string): (value: unknown) => boolean {
  return (value) => typeof value === "object" && value !== null && key in value;
}
