/** Escapes text for a template, in which `${` and `%{` start an expression. */
export const literalText = (text: string): string =>
  text.replaceAll(/[$%]\{/g, (begin) => `${begin.charAt(0)}${begin}`);

/** Escapes all text of a value. */
export function literal(value: unknown): unknown {
  if (typeof value === "string") return literalText(value);
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, literal(item)]));
}

/** A value without unset parts: the provider writes null, empty text or an empty list for them. */
export function withoutUnset(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUnset);
  if (typeof value !== "object" || value === null) return value;
  const set = Object.entries(value).filter(([, item]) => !isUnset(item));
  return Object.fromEntries(set.map(([key, item]) => [key, withoutUnset(item)]));
}

export const isUnset = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  value === "" ||
  (Array.isArray(value) && value.length === 0);
