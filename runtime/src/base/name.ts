import { isIP } from "node:net";

/**
 * What is allowed, if an SRV name is invalid; undefined if it is valid. The name is queried as given: without search
 * domains, and without adding `_service._proto`. Lengths follow RFC 1035, section 2.3.4.
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

/** Whether it is `localhost` or a name below it; DNS is never asked for those (RFC 6761, section 6.3). */
export function isLocalhost(name: string): boolean {
  return /(^|\.)localhost$/.test(canonicalName(name));
}

/** The name without its leading `_service._proto` labels and its trailing dot. */
export function serviceName(name: string): string {
  return withoutTrailingDot(name).replace(/^(_[^.]+\.)+/, "");
}

/** The form in which names are compared: without trailing dot, in lower case (RFC 4343). */
export function canonicalName(name: string): string {
  return withoutTrailingDot(name).toLowerCase();
}

export function withoutTrailingDot(name: string): string {
  return name.length > 1 && name.endsWith(".") ? name.slice(0, -1) : name;
}

/** Characters without a visible shape: control characters, line ends, text direction marks, and all spaces except the plain one. */
const UNPRINTABLE = /(?! )[\p{C}\p{Z}]/gu;

/**
 * Foreign text as one line that is safe to print or log. Characters up to U+00FF are escaped as in DNS names (`\010`;
 * RFC 1035, section 5.1), others as `\u{202e}`. A backslash stays, so that escaped names stay the same.
 */
export function printable(text: string): string {
  return text.replaceAll(UNPRINTABLE, escapeAsName);
}

function escapeAsName(character: string): string {
  const point = character.codePointAt(0) ?? 0;
  return point <= 0xff ? `\\${String(point).padStart(3, "0")}` : `\\u{${point.toString(16)}}`;
}

/** Equal for equal targets: the case of a host name does not matter (RFC 4343). */
export function targetKey({ host, port }: { host: string; port: number }): string {
  return `${host.toLowerCase()}:${port}`;
}
