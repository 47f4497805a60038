import { constants } from "node:os";
import { invalid } from "./errors.ts";

/** The maximum delay of a Node.js timer, in ms. */
export const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** @throws HarnessError ERR_INVALID_ARG with the argument, its value and the allowed values */
export function checkOneOf(name: string, value: unknown, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return;
  throw invalid(`${name}: expected ${allowed.join(", ")} or undefined, got ${String(value)}`);
}

/** @throws HarnessError ERR_INVALID_ARG with the argument, its value and the allowed values */
export const checkSignal = (name: string, value: unknown): void =>
  checkOneOf(name, value, Object.keys(constants.signals));

/** @throws HarnessError ERR_INVALID_ARG with the argument, its value and the allowed values */
export function checkNumber(name: string, value: unknown): void {
  if (typeof value === "number" && value >= 0 && value <= LONGEST_TIMEOUT) return;
  throw invalid(`${name}: expected a number from 0 to ${LONGEST_TIMEOUT}, got ${String(value)}`);
}
