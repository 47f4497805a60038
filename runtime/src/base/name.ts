import { isIP } from "node:net";

/**
 * What is wrong with an SRV name, or undefined. The name is queried as given: no search domains, no
 * `_service._proto` put before it. Lengths after RFC 1035, section 2.3.4.
 */
export function nameProblem(name: unknown): string | undefined {
  if (typeof name !== "string" || name === "") {
    return "a non-empty string such as dev-redis.dev-ecs";
  }
  if (isIP(name) !== 0) return "a name with SRV records, not an IP address";
  const labels = withoutTrailingDot(name).split(".");
  if (labels.some((label) => label === "")) return "a name without empty labels";
  if (labels.some((label) => !/^[\w-]+$/.test(label))) {
    return "labels of letters, digits, hyphens and underscores, joined by dots (no scheme, no port)";
  }
  if (labels.some((label) => label.length > 63)) return "labels of at most 63 characters";
  if (withoutTrailingDot(name).length > 253) return "a name of at most 253 characters";
  return undefined;
}

/**
 * Whether a certificate can be checked for it: a host name, or an IP address, which is never sent as SNI
 * (RFC 6066, section 3).
 */
export function isServername(name: unknown): name is string {
  return nameProblem(name) === undefined || (typeof name === "string" && isIP(name) !== 0);
}

/** Whether it is `localhost` or below it, which no server is ever asked for (RFC 6761, section 6.3). */
export function isLocalhost(name: string): boolean {
  return /(^|\.)localhost$/.test(canonicalName(name));
}

/** The name without its leading `_service._proto` labels and its trailing dot: what it is about. */
export function serviceName(name: string): string {
  return withoutTrailingDot(name).replace(/^(_[^.]+\.)+/, "");
}

/** Names are compared without trailing dot and without regard to case (RFC 4343). */
export function canonicalName(name: string): string {
  return withoutTrailingDot(name).toLowerCase();
}

export function withoutTrailingDot(name: string): string {
  return name.length > 1 && name.endsWith(".") ? name.slice(0, -1) : name;
}

/** What has no glyph of its own: controls, line ends, directions of writing, spaces but the plain one. */
const UNPRINTABLE = /(?! )[\p{C}\p{Z}]/gu;

/**
 * Text from elsewhere as one line that a terminal or a log can show, so that it cannot pass for
 * another line or command the terminal. Escapes are those of DNS names up to U+00FF (`\010`; RFC
 * 1035, section 5.1), and `\u{202e}` above. A backslash stays as it is: names that are escaped
 * already do not change.
 */
export function printable(text: string, escape = escapeAsName): string {
  return text.replaceAll(UNPRINTABLE, escape);
}

function escapeAsName(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return point <= 0xff ? `\\${String(point).padStart(3, "0")}` : `\\u{${point.toString(16)}}`;
}

/** Equal for equal targets: the letters of a host may be of either case (RFC 4343). */
export function targetKey({ host, port }: { host: string; port: number }): string {
  return `${host.toLowerCase()}:${port}`;
}
