/**
 * Names from DNS may have any bytes. In presentation format (RFC 1035, section 5.1) they are safe to
 * print: control characters, spaces and bytes beyond ASCII are `\DDD`, special characters have a
 * backslash before them, as dig shows them.
 *
 * @param name as the codec decodes it: labels in UTF-8, joined by dots
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
 * The name behind its presentation format, as the codec encodes it. A name that is not in this format
 * stays as it is.
 *
 * @throws when the codec cannot encode it: it has bytes that are no UTF-8
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
  // The codec has put this character in the place of such bytes.
  if (decoded.includes("\uFFFD")) throw new Error(`"${name}" cannot be asked for: it is no UTF-8`);
  return decoded;
}
