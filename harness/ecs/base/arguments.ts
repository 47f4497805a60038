import { constants } from "node:os";
import { invalid } from "./errors.ts";

/** The longest time in ms that a timer can wait for. */
export const LONGEST_TIMEOUT = 2 ** 31 - 1;

/** @throws HarnessError ERR_INVALID_ARG naming the argument, what it got and what is allowed */
export function checkOneOf(name: string, value: unknown, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return;
  throw invalid(`${name}: expected ${allowed.join(", ")} or undefined, got ${String(value)}`);
}

/** @throws HarnessError ERR_INVALID_ARG naming the argument, what it got and what is allowed */
export const checkSignal = (name: string, value: unknown): void =>
  checkOneOf(name, value, Object.keys(constants.signals));

/** @throws HarnessError ERR_INVALID_ARG naming the argument, what it got and what is allowed */
export function checkNumber(name: string, value: unknown): void {
  if (typeof value === "number" && value >= 0 && value <= LONGEST_TIMEOUT) return;
  throw invalid(`${name}: expected a number from 0 to ${LONGEST_TIMEOUT}, got ${String(value)}`);
}
