import { differences, isNothing } from "./differences.ts";
import { isFields } from "./fields.ts";

/**
 * The arguments of a resource or provider as they are written, from the expressions in a plan's configuration. An
 * argument whose text the plan does not have, as in HCL with references, remains an object.
 */
export function argumentsOf(expressions: unknown): unknown {
  if (Array.isArray(expressions)) return expressions.map(argumentsOf);
  if (!isFields(expressions)) return expressions;
  if ("constant_value" in expressions) return expressions["constant_value"];
  return Object.fromEntries(
    Object.entries(expressions).map(([name, value]) => [name, argumentsOf(value)]),
  );
}

/** The paths of arguments that are stated otherwise than wanted. A missing argument is not among them. */
export function statedOtherwise(wanted: unknown, expressions: unknown): string[] {
  const otherwise = differences(wanted, argumentsOf(expressions), {})
    .filter(({ after }) => !isNothing(after))
    .map(({ path }) => path);
  return [...otherwise, ...unwritten(expressions, [])];
}

/** Terraform writes `{}` for a call of a function, and for a block without arguments: it has a value that is not shown. */
function* unwritten(expressions: unknown, path: readonly string[]): Generator<string> {
  if (!isFields(expressions) || "constant_value" in expressions || "references" in expressions)
    return;
  const own = Object.entries(expressions);
  if (own.length === 0 && path.length > 0 && !Array.isArray(expressions)) yield path.join(".");
  for (const [key, inner] of own) yield* unwritten(inner, [...path, key]);
}
