import { isIP } from "node:net";
import { inspect } from "node:util";
import { isRecord } from "../base/checks.ts";
import { SrvDialError } from "../base/errors.ts";

/** The error for an invalid argument: which one, what was given, and what is allowed. */
export function invalid(what: string, got: unknown, allowed: string): SrvDialError {
  const message = `startDnsServer: ${what} is ${inspect(got)}; allowed: ${allowed}`;
  return new SrvDialError("ERR_SRV_INVALID_ARG", message);
}

/** Refuses unknown options: a fault with a misspelt `times` would never end. */
export function checkOptions(what: string, options: unknown, known: readonly string[]): void {
  if (!isRecord(options)) throw invalid(`${what}s`, options, "an object");
  const unknown = Object.entries(options).find(([key]) => !known.includes(key));
  if (unknown === undefined) return;
  const [key, value] = unknown;
  throw invalid(`unknown ${what} ${key}`, value, known.join(", "));
}

/** One value, or a list of them. */
export function checkList<T>(
  what: string,
  given: unknown,
  is: (each: unknown) => each is T,
  allowed: string,
): readonly T[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.every(is)) return list;
  throw invalid(what, given, `${allowed}, or a list of them`);
}

/** A whole number from 0 to `max`. */
export function checkWholeNumber(what: string, value: unknown, max: number): number {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= max) {
    return value;
  }
  throw invalid(what, value, `a whole number from 0 to ${max}`);
}

/** RFC 2181 section 8: seconds, 31 bits. */
export function checkTtl(what: string, value: unknown): number {
  return checkWholeNumber(what, value, 2 ** 31 - 1);
}

/** RFC 1035 section 2.3.4, in ASCII; with or without a trailing dot. */
export function checkDnsName(what: string, value: unknown): string {
  if (typeof value === "string") {
    const name = value.replace(/\.$/, "");
    const labels = name.split(".");
    const fits = labels.every((label) => /^[!-~]{1,63}$/.test(label));
    if (fits && name.length <= 253) return value;
  }
  throw invalid(what, value, "a DNS name in ASCII: labels of 1 to 63 characters, 253 in all");
}

/** An IPv4 or IPv6 address, the latter in the only form that dns2 can encode: without dotted parts. */
export function checkAddress(what: string, value: unknown): { address: string; family: 4 | 6 } {
  const family = typeof value === "string" ? isIP(value) : 0;
  if (typeof value !== "string" || family === 0 || value.includes("%")) {
    throw invalid(what, value, "an IPv4 or IPv6 address");
  }
  if (family === 4) return { address: value, family };
  // A URL's host is normalized: "::ffff:127.0.0.1" becomes "::ffff:7f00:1".
  return { address: new URL(`http://[${value}]/`).hostname.slice(1, -1), family: 6 };
}
