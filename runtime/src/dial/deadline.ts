import type { Clock } from "../base/clock.ts";
import { SrvDialError, type SrvDialErrorCode } from "../base/errors.ts";
import { Lifetime } from "../base/lifetime.ts";

/** Why a call ended early. */
export class Interruption extends Error {
  readonly code: Extract<
    SrvDialErrorCode,
    "ERR_SRV_TIMEOUT" | "ERR_SRV_ABORTED" | "ERR_SRV_CLOSED"
  >;

  constructor(code: Interruption["code"], message: string, cause?: unknown) {
    super(message, { cause });
    this.code = code;
  }
}

export function aborted(cause?: unknown): Interruption {
  return new Interruption("ERR_SRV_ABORTED", "aborted", cause);
}

/** Why the call ended early; undefined if it did not. */
export function interruptionOf({ reason }: Lifetime): Interruption | undefined {
  return reason instanceof Interruption ? reason : undefined;
}

/** The error of a call that ended before its name was resolved; undefined if it has not ended early. */
export function unresolved(name: string, lifetime: Lifetime): SrvDialError | undefined {
  const interruption = interruptionOf(lifetime);
  if (interruption === undefined) return undefined;
  const { code, message, cause } = interruption;
  return new SrvDialError(code, `Resolving ${name} ${message}`, { hostname: name, cause });
}

/** The reason with which a finished call ends its lifetime: nothing of it is left running. */
export const OVER = new Error("the call is over");

/**
 * A lifetime that ends after a time. The timer keeps the process alive while the call is pending; everything else is
 * unref'ed.
 *
 * @param timeout ms
 * @param options.ref false: the call must not keep the process alive
 */
export function deadline(
  timeout: number,
  clock: Clock,
  { ref = true }: { ref?: boolean } = {},
): Lifetime {
  const lifetime = new Lifetime();
  const timedOut = (): Interruption =>
    new Interruption("ERR_SRV_TIMEOUT", `not done within ${timeout} ms`);
  lifetime.endAfter(timeout, clock, timedOut, { ref });
  return lifetime;
}

/** Runs a call with a deadline. Afterwards nothing of the call is left running. */
export async function withDeadline<T>(
  timeout: number,
  clock: Clock,
  call: (lifetime: Lifetime) => Promise<T>,
): Promise<T> {
  const lifetime = deadline(timeout, clock);
  try {
    return await call(lifetime);
  } finally {
    lifetime.end(OVER);
  }
}
