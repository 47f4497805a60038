/** Text that stands for itself: in a template `${` and `%{` begin something. */
export const literalText = (text: string): string =>
  text.replaceAll(/[$%]\{/g, (begin) => `${begin.charAt(0)}${begin}`);

/** A value that stands for itself. */
export function literal(value: unknown): unknown {
  if (typeof value === "string") return literalText(value);
  if (Array.isArray(value)) return value.map(literal);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, literal(item)]));
}

/**
 * A value without what is not set: the provider writes null, an empty text or an empty list for what was
 * left out.
 */
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
