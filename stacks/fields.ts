import { z } from "zod";

/**
 * The kinds of field a configuration is made of. Each carries, as its message, what is allowed;
 * what was found instead is added where problems are written (`config.ts`).
 */

/** A string that matches `pattern`; `allowed` says so in words. */
export function text(pattern: RegExp, allowed: string) {
  return z
    .string(allowed)
    .regex(pattern, allowed)
    .refine((value) => !/[$%]\{/.test(value), {
      // Terraform reads both as the start of a template, also inside a container definition.
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
    .refine((items) => new Set(items).size === items.length, { error: `${allowed}, each once` });
}

/** An object that refuses unknown keys and names the ones it has. */
export function fields<const Shape extends z.ZodRawShape>(shape: Shape) {
  const allowed = `fields ${Object.keys(shape).join(", ")}`;
  return z.strictObject(shape, {
    error: (issue) => (issue.code === "unrecognized_keys" ? allowed : `an object with ${allowed}`),
  });
}
