/** Attributes with JSON in a string, which is shown as JSON. */
const documents = [
  "assume_role_policy",
  "container_definitions",
  "dashboard_body",
  "event_pattern",
  "policy",
];

/**
 * A template as text with readable differences: documents in strings are objects, scripts are lists of lines, and
 * CDKTF's metadata is removed.
 */
export function readable(json: unknown): string {
  return `${laidOut(expanded(json))}\n`;
}

const width = 100;

/** JSON in which everything that fits is on one line. */
function laidOut(value: unknown, indent = ""): string {
  const line = JSON.stringify(value, undefined, 1).replaceAll(/\n\s*/g, " ");
  if (typeof value !== "object" || value === null || indent.length + line.length <= width) {
    return line;
  }
  const deeper = `${indent}  `;
  const [open, close, parts] = Array.isArray(value)
    ? ["[", "]", value.map((item: unknown) => laidOut(item, deeper))]
    : [
        "{",
        "}",
        Object.entries(value).map(
          ([key, inner]) => `${JSON.stringify(key)}: ${laidOut(inner, deeper)}`,
        ),
      ];
  return `${open}\n${parts.map((part) => deeper + part).join(",\n")}\n${indent}${close}`;
}

function expanded(value: unknown, key = ""): unknown {
  if (typeof value === "string") return opened(value, key);
  if (Array.isArray(value)) return value.map((item: unknown) => expanded(item));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => name !== "//")
      .map(([name, inner]) => [name, expanded(inner, name)]),
  );
}

function opened(text: string, key: string): unknown {
  if (documents.includes(key)) return expanded(JSON.parse(text));
  if (key === "user_data") return Buffer.from(text, "base64").toString("utf8").split("\n");
  return text.includes("\n") ? text.split("\n") : text;
}
