import { inspect } from "node:util";
import { isRecord } from "../base/checks.ts";
import type { HostAddresses, SrvAnswer, SrvTarget } from "../base/types.ts";

/**
 * A resolver may be the user's own: what it gives is checked here, once, so that a fault of it is a
 * failed resolver, never a broken dial.
 *
 * @throws an error that names the field
 */
export function checkedAnswer(answer: SrvAnswer): SrvAnswer {
  if (!isRecord(answer)) throw wrong("answer", answer, "{ targets, ttl }");
  if (!Array.isArray(answer.targets)) throw wrong("targets", answer.targets, "a list");
  checkTtl(answer.ttl);
  answer.targets.forEach(checkTarget);
  return answer;
}

/** @throws an error that names the field */
export function checkedAddresses(found: HostAddresses): HostAddresses {
  if (!isRecord(found)) throw wrong("lookup answer", found, "{ addresses, ttl }");
  checkStrings("addresses", found.addresses);
  checkTtl(found.ttl);
  return found;
}

function checkTarget(target: SrvTarget): void {
  if (!isRecord(target)) throw wrong("target", target, "{ host, port, priority, weight, ttl }");
  const { host, port, priority, weight, addresses } = target;
  if (typeof host !== "string") throw wrong("host", host, "a string");
  for (const [field, value] of Object.entries({ port, priority, weight })) {
    const fits = Number.isInteger(value) && value >= 0 && value <= 65_535;
    if (!fits) throw wrong(field, value, "an integer from 0 to 65535");
  }
  if (addresses !== undefined) checkStrings("addresses", addresses);
}

function checkStrings(field: string, value: unknown): void {
  if (Array.isArray(value) && value.every((each) => typeof each === "string")) return;
  throw wrong(field, value, "a list of strings");
}

function checkTtl(ttl: unknown): void {
  if (!(typeof ttl === "number" && ttl >= 0)) throw wrong("ttl", ttl, "seconds from 0");
}

function wrong(field: string, got: unknown, allowed: string): Error {
  const shown = inspect(got, { depth: 0, maxStringLength: 80, breakLength: Infinity });
  return new TypeError(`the resolver gave a wrong ${field}: ${shown}; allowed: ${allowed}`);
}
