// Errors of calls of the package.
import { expect } from "vitest";

import { SrvDialError } from "../../../runtime/src/base/errors.ts";

/** The error of a rejected call, which must come from this package. */
export async function failureOf(call: Promise<unknown>): Promise<SrvDialError> {
  const error = await call.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SrvDialError);
  return error as SrvDialError;
}
