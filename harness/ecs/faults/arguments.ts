import { constants } from "node:os";
import { HarnessError } from "../base/errors.ts";

/** What a fault was asked for and cannot be. */
export const invalid = (message: string): HarnessError =>
  new HarnessError("ERR_INVALID_ARG", message);

/** @throws HarnessError ERR_INVALID_ARG naming the fault, what it got and what is allowed */
export function checkOneOf(name: string, value: unknown, allowed: readonly unknown[]): void {
  if (allowed.includes(value)) return;
  throw invalid(`fault ${name}: expected ${allowed.join(", ")} or undefined, got ${String(value)}`);
}

/** @throws HarnessError ERR_INVALID_ARG naming the fault, what it got and what is allowed */
export const checkSignal = (name: string, value: unknown): void =>
  checkOneOf(`${name}.signal`, value, Object.keys(constants.signals));

/** What a timer can wait for. */
const LARGEST = 2 ** 31 - 1;

/** @throws HarnessError ERR_INVALID_ARG naming the fault, what it got and what is allowed */
export function checkNumber(name: string, value: unknown): void {
  if (typeof value === "number" && value >= 0 && value <= LARGEST) return;
  throw invalid(`fault ${name}: expected a number from 0 to ${LARGEST}, got ${String(value)}`);
}
