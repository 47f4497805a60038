// What the calls of the package reject with.
import { expect } from "vitest";

import { SrvDialError } from "../../../runtime/src/base/errors.ts";

/** The error a call rejects with, which must be of this package. */
export async function failureOf(call: Promise<unknown>): Promise<SrvDialError> {
  const error = await call.then(
    () => new Error("it did not fail"),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(SrvDialError);
  return error as SrvDialError;
}
