type Fields = Readonly<Record<string, unknown>>;

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

/** What the expressions refer to, for example `aws_ecs_cluster.ecs.arn`. */
export function referencesIn(expressions: unknown): string[] {
  if (!isFields(expressions)) return [];
  const { references } = expressions;
  const own = Array.isArray(references) ? references.map(String) : [];
  return [...own, ...Object.values(expressions).flatMap(referencesIn)];
}

const isFields = (value: unknown): value is Fields => typeof value === "object" && value !== null;
