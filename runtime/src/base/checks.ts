import { inspect } from "node:util";
import { SrvDialError } from "./errors.ts";
import type { HostAddresses, SrvAnswer, SrvTarget } from "./types.ts";

/** Longest time a Node timer can wait, in ms. */
export const MAX_TIMER = 2 ** 31 - 1;

/**
 * The error for an invalid argument: which option, what it got, and what is allowed. The part of a
 * string up to its last `@` is hidden: if a URL was given as a name, its password is there.
 */
export function invalidArg(option: string, got: unknown, allowed: string): SrvDialError {
  const harmless = Array.isArray(got) ? got.map(hide) : hide(got);
  const shown = inspect(harmless, { depth: 0, maxStringLength: 80, breakLength: Infinity });
  return new SrvDialError(
    "ERR_SRV_INVALID_ARG",
    `Invalid ${option}: got ${shown}; allowed: ${allowed}`,
    { hostname: option === "name" && typeof harmless === "string" ? harmless : "" },
  );
}

function hide(value: unknown): unknown {
  return typeof value === "string" ? value.replace(/^.*@/s, "[hidden]@") : value;
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
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) {
    return Number(value);
  }
  throw invalidArg(option, value, `an integer from ${least} to ${most}`);
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
  const meant = nearest(key, known);
  const hint = meant === undefined ? "" : ` (did you mean ${prefix}${meant}?)`;
  throw new SrvDialError(
    "ERR_SRV_INVALID_ARG",
    `Unknown option ${prefix}${key}${hint}; allowed: ${known.join(", ")}`,
  );
}

/** The known word that a misspelt one probably means: the two differ by at most two letters in one place. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  return known.find((each) => {
    const shorter = Math.min(word.length, each.length);
    let start = 0;
    while (start < shorter && word[start] === each[start]) start++;
    let end = 0;
    while (end < shorter - start && word.at(-1 - end) === each.at(-1 - end)) end++;
    const same = start + end;
    return Math.max(word.length, each.length) - same <= 2 && same >= each.length / 2;
  });
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
 * Checks a resolver's answer, as the resolver may be the user's own. A wrong answer counts as a failed
 * resolver and does not break the dial.
 *
 * @throws an error that names the field
 */
export function checkedAnswer(answer: SrvAnswer): SrvAnswer {
  if (!isRecord(answer)) throw wrongAnswer("answer", answer, "{ targets, ttl }");
  if (!Array.isArray(answer.targets)) throw wrongAnswer("targets", answer.targets, "a list");
  checkAnswerTtl(answer.ttl);
  const { reason } = answer;
  if (reason !== undefined && typeof reason !== "string") {
    throw wrongAnswer("reason", reason, "a string");
  }
  answer.targets.forEach(checkTarget);
  return answer;
}

/** @throws an error that names the field */
export function checkedAddresses(found: HostAddresses): HostAddresses {
  if (!isRecord(found)) throw wrongAnswer("lookup answer", found, "{ addresses, ttl }");
  checkStrings("addresses", found.addresses);
  checkAnswerTtl(found.ttl);
  return found;
}

function checkTarget(target: SrvTarget): void {
  if (!isRecord(target))
    throw wrongAnswer("target", target, "{ host, port, priority, weight, ttl }");
  const { host, port, priority, weight, addresses } = target;
  if (typeof host !== "string") throw wrongAnswer("host", host, "a string");
  for (const [field, value] of Object.entries({ port, priority, weight })) {
    const fits = Number.isInteger(value) && value >= 0 && value <= 65_535;
    if (!fits) throw wrongAnswer(field, value, "an integer from 0 to 65535");
  }
  if (addresses !== undefined) checkStrings("addresses", addresses);
}

function checkStrings(field: string, value: unknown): void {
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return;
  throw wrongAnswer(field, value, "a list of strings");
}

function checkAnswerTtl(ttl: unknown): void {
  if (!(typeof ttl === "number" && ttl >= 0)) throw wrongAnswer("ttl", ttl, "seconds from 0");
}

function wrongAnswer(field: string, got: unknown, allowed: string): Error {
  const shown = inspect(got, { depth: 0, maxStringLength: 80, breakLength: Infinity });
  return new TypeError(`the resolver gave a wrong ${field}: ${shown}; allowed: ${allowed}`);
}
