import { inspect } from "node:util";
import { SrvDialError } from "./errors.ts";
import type { HostAddresses, SrvAnswer, SrvTarget } from "./types.ts";

/** Longest time a Node timer can wait, in ms. */
export const MAX_TIMER = 2 ** 31 - 1;

/** The error for an invalid argument: which option, what it got, and what is allowed. */
export function invalidArg(option: string, got: unknown, allowed: string): SrvDialError {
  const harmless = Array.isArray(got) ? got.map(hide) : hide(got);
  return SrvDialError.of(
    "ERR_SRV_INVALID_ARG",
    `Invalid ${option}: got ${shown(harmless)}; allowed: ${allowed}`,
    { hostname: option === "name" && typeof harmless === "string" ? harmless : "" },
  );
}

/** If a URL was given as a name, its password is before the last `@`. */
function hide(value: unknown): unknown {
  return typeof value === "string" ? value.replace(/^.*@/s, "[hidden]@") : value;
}

function shown(value: unknown): string {
  return inspect(value, { depth: 0, maxStringLength: 80, breakLength: Infinity });
}

export function checkMilliseconds<T extends number | undefined>(
  option: string,
  value: unknown,
  fallback: T,
  least: number,
  orElse = "",
): number | T {
  if (value === undefined) return fallback;
  if (typeof value === "number" && value >= least && value <= MAX_TIMER) return value;
  throw invalidArg(option, value, `milliseconds from ${least} to ${MAX_TIMER}${orElse}`);
}

export function checkBoolean(option: string, value: unknown): boolean | undefined {
  if (value === undefined || typeof value === "boolean") return value;
  throw invalidArg(option, value, "a boolean");
}

export function checkInteger(
  option: string,
  value: unknown,
  fallback: number,
  least: number,
  most: number,
): number {
  if (value === undefined) return fallback;
  if (isIntegerFrom(least, most, value)) return value;
  throw invalidArg(option, value, `an integer from ${least} to ${most}`);
}

function isIntegerFrom(least: number, most: number, value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
}

/** @throws {SrvDialError} ERR_SRV_INVALID_ARG unless the options are an object with known keys only */
export function checkOptions(options: unknown, known: readonly string[], what = "options"): void {
  if (!isRecord(options)) throw invalidArg(what, options, "an object");
  refuseUnknown("", options, known);
}

/** @throws {SrvDialError} ERR_SRV_INVALID_ARG for the first key that is not known */
export function refuseUnknown(prefix: string, options: object, known: readonly string[]): void {
  const key = Object.keys(options).find((each) => !known.includes(each));
  if (key === undefined) return;
  throw SrvDialError.of(
    "ERR_SRV_INVALID_ARG",
    `Unknown option ${prefix}${key}; allowed: ${known.join(", ")}`,
  );
}

/** The options without those that are undefined, so that they do not override defaults. */
export function withoutUndefined<T extends object>(options: T): T {
  const entries = Object.entries(options).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as T;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/**
 * Checks a resolver's answer, as the resolver may be the user's own. A wrong one counts as a failed resolver.
 * @throws an error that names the field
 */
export function checkedAnswer(answer: SrvAnswer): SrvAnswer {
  mustBe(isRecord(answer), "answer", answer, "{ targets, ttl }");
  const { targets, ttl, reason = "" } = answer;
  mustBe(Array.isArray(targets), "targets", targets, "a list");
  mustBe(isTtl(ttl), "ttl", ttl, "seconds from 0");
  mustBe(typeof reason === "string", "reason", reason, "a string");
  targets.forEach(checkTarget);
  return answer;
}

export function checkedAddresses(found: HostAddresses): HostAddresses {
  mustBe(isRecord(found), "lookup answer", found, "{ addresses, ttl }");
  mustBe(areStrings(found.addresses), "addresses", found.addresses, "a list of strings");
  mustBe(isTtl(found.ttl), "ttl", found.ttl, "seconds from 0");
  return found;
}

function checkTarget(target: SrvTarget): void {
  mustBe(isRecord(target), "target", target, "{ host, port, priority, weight, ttl }");
  const { host, port, priority, weight, addresses = [] } = target;
  mustBe(typeof host === "string", "host", host, "a string");
  for (const [field, value] of Object.entries({ port, priority, weight })) {
    mustBe(isIntegerFrom(0, 65_535, value), field, value, "an integer from 0 to 65535");
  }
  mustBe(areStrings(addresses), "addresses", addresses, "a list of strings");
}

function areStrings(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === "string");
}

function isTtl(value: unknown): boolean {
  return typeof value === "number" && value >= 0;
}

function mustBe(isRight: boolean, field: string, got: unknown, allowed: string): void {
  if (isRight) return;
  throw new TypeError(`the resolver gave a wrong ${field}: ${shown(got)}; allowed: ${allowed}`);
}
