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

const OVER = new Error("the call is over");

/**
 * Runs a call with its own lifetime. Afterwards nothing of the call is left running, such as a lookup
 * that is no longer needed.
 *
 * The deadline's timer keeps the process alive while the call is pending; everything else is unref'ed.
 *
 * @param timeout ms
 * @param options.ref false: the call must not keep the process alive
 */
export async function withDeadline<T>(
  timeout: number,
  clock: Clock,
  call: (lifetime: Lifetime) => Promise<T>,
  { ref = true }: { ref?: boolean } = {},
): Promise<T> {
  const lifetime = new Lifetime();
  const timedOut = (): Interruption =>
    new Interruption("ERR_SRV_TIMEOUT", `not done within ${timeout} ms`);
  lifetime.endAfter(timeout, clock, timedOut, { ref });
  try {
    return await call(lifetime);
  } finally {
    lifetime.end(OVER);
  }
}
