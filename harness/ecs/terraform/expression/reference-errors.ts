import { HarnessError } from "../../base/errors.ts";
import type { Reference } from "./evaluate.ts";

/** @throws HarnessError if the value is missing */
export function existing(value: unknown, reference: Reference): unknown {
  if (value === undefined) throw notDeclared(reference);
  return value;
}

export function notDeclared(reference: Reference): HarnessError {
  return new HarnessError("ERR_TEMPLATE", `${reference.join(".")} is not declared`);
}

export function cycle(trail: readonly string[], here: string): HarnessError {
  return new HarnessError("ERR_TEMPLATE", `${[...trail, here].join(" -> ")} refers to itself`);
}
