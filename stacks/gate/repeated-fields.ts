/** A field's name in JSON text, before its colon; or a text, which has none. */
const TEXT = /"(?:[^"\\]|\\.)*"(?<colon>\s*:)?/gs;

/**
 * Whether an object in a JSON text has a field twice, also in another case. AWS and the provider read names without
 * regard to case and merge what occurs twice; `JSON.parse` takes the last one.
 */
export function hasRepeatedFields(text: string): boolean {
  let read = 0;
  let isRepeated = false;
  JSON.parse(text, (_, value: unknown) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    const names = Object.keys(value);
    read += names.length;
    // As Go folds case: toUpperCase maps U+017F to S, toLowerCase U+212A to k.
    const folded = new Set(names.map((name) => name.toUpperCase().toLowerCase()));
    isRepeated ||= folded.size < names.length;
    return value;
  });
  const written = [...text.matchAll(TEXT)].filter(({ groups }) => groups?.["colon"] !== undefined);
  return isRepeated || written.length !== read;
}
