/**
 * Names from DNS may contain any bytes. In presentation format (RFC 1035, section 5.1) they are safe
 * to print, as in dig: control characters, spaces and bytes beyond ASCII become `\DDD`, and special
 * characters get a backslash.
 *
 * @param name as decoded by the codec: labels in UTF-8, joined by dots
 */
export function toPresentation(name: string): string {
  // Stryker disable next-line ConditionalExpression,Regex: a shortcut, the rest leaves such a name as it is
  if (/^[\w.-]*$/.test(name)) return name;
  return name
    .replaceAll(/["$();@\\]/g, "\\$&")
    .replaceAll(/[^!-~]+/g, (text) => Array.from(Buffer.from(text), escapeByte).join(""));
}

function escapeByte(byte: number): string {
  return `\\${String(byte).padStart(3, "0")}`;
}

/**
 * Converts a name from presentation format to the form that the codec encodes. Other names are not
 * changed.
 *
 * @throws if the codec cannot encode it because it has bytes that are not UTF-8
 */
export function fromPresentation(name: string): string {
  // Stryker disable next-line ConditionalExpression,StringLiteral: a shortcut, the rest leaves such a name as it is
  if (!name.includes("\\")) return name;
  const decoded = name.replaceAll(
    /(?<bytes>(?:\\\d{3})+)|\\(?<character>.)/g,
    (_, bytes: string | undefined, character: string) =>
      bytes === undefined
        ? character
        : Buffer.from(bytes.slice(1).split("\\").map(Number)).toString(),
  );
  // The codec replaces such bytes by this character.
  if (decoded.includes("\uFFFD")) throw new Error(`"${name}" cannot be looked up: it is not UTF-8`);
  return decoded;
}
