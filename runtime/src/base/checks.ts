import { inspect } from "node:util";
import { SrvDialError } from "./errors.ts";

/** Longest time a Node timer can wait, in ms. */
const MAX_TIMER = 2 ** 31 - 1;

/**
 * Caller misuse: which option, what it got, and what is allowed. Of a string what comes before an @
 * is not shown: a URL in the place of a name holds a password there.
 */
export function invalidArg(option: string, got: unknown, allowed: string): SrvDialError {
  const harmless = typeof got === "string" ? got.replace(/^.*@/s, "[hidden]@") : got;
  const shown = inspect(harmless, { depth: 0, maxStringLength: 80, breakLength: Infinity });
  return new SrvDialError(
    "ERR_SRV_INVALID_ARG",
    `Invalid ${option}: got ${shown}; allowed: ${allowed}`,
    { hostname: option === "name" && typeof harmless === "string" ? harmless : "" },
  );
}

export function checkMilliseconds(
  option: string,
  value: unknown,
  fallback: number,
  least: number,
): number {
  if (value === undefined) return fallback;
  if (typeof value === "number" && value >= least && value <= MAX_TIMER) return value;
  throw invalidArg(option, value, `milliseconds from ${least} to ${MAX_TIMER}`);
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

export function refuseUnknown(prefix: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (known.includes(key)) continue;
    throw new SrvDialError(
      "ERR_SRV_INVALID_ARG",
      `Unknown option ${prefix}${key}; allowed: ${known.join(", ")}`,
    );
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
