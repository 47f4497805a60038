import { HarnessError } from "../base/errors.ts";
import type { Reference } from "./expression/evaluate.ts";

/** @throws HarnessError when a value has nothing at the path */
export function there(value: unknown, reference: Reference): unknown {
  if (value === undefined) throw unknown(reference);
  return value;
}

export function unknown(reference: Reference): HarnessError {
  return new HarnessError("ERR_TEMPLATE", `${reference.join(".")} is not declared in the template`);
}

export function circle(trail: readonly string[], here: string): HarnessError {
  return new HarnessError("ERR_TEMPLATE", `${[...trail, here].join(" -> ")} refers to itself`);
}
