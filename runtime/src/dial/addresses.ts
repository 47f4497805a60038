import { isIPv6 } from "node:net";
import type { Clock } from "../base/clock.ts";

/** How long IPv4 addresses wait for IPv6 addresses, in ms (RFC 8305, section 3). */
const RESOLUTION_DELAY = 50;

/** The addresses that a lookup found, or its error. */
interface Outcome {
  readonly addresses: readonly string[];
  readonly error: unknown;
}

/**
 * Passes the results of lookups to `found` as they arrive. Results of the second lookup wait a moment for those
 * of the first.
 *
 * @param lookups one lookup, or two: IPv6 and IPv4
 * @throws the error of a lookup, if none found an address
 */
export async function asTheyCome(
  lookups: readonly Promise<readonly string[]>[],
  clock: Clock,
  found: (addresses: readonly string[]) => void,
): Promise<void> {
  let isFound = false;
  let firstError: unknown;
  for (const outcome of await inOrder(lookups.map(outcomeOf), clock)) {
    const { addresses, error } = await outcome;
    firstError ??= error;
    if (addresses.length === 0) continue;
    isFound = true;
    found(addresses);
  }
  if (!isFound && firstError !== undefined) throw firstError;
}

/** Keeps the order, unless the second lookup found something and the first does not finish within a moment after it. */
async function inOrder(
  outcomes: readonly Promise<Outcome>[],
  clock: Clock,
): Promise<readonly Promise<Outcome>[]> {
  const [preferred, other] = outcomes;
  if (preferred === undefined || other === undefined) return outcomes;
  const isOtherEarly = await Promise.race([preferred.then(() => false), other.then(isUseful)]);
  const isOther = isOtherEarly && !(await isSettledWithin(preferred, RESOLUTION_DELAY, clock));
  return isOther ? [other, preferred] : outcomes;
}

function outcomeOf(lookup: Promise<readonly string[]>): Promise<Outcome> {
  return lookup.then(
    (addresses) => ({ addresses, error: undefined }),
    (error: unknown) => ({ addresses: [], error }),
  );
}

function isUseful({ addresses }: Outcome): boolean {
  return addresses.length > 0;
}

async function isSettledWithin(
  promise: Promise<unknown>,
  ms: number,
  clock: Clock,
): Promise<boolean> {
  let clear: (() => void) | undefined;
  const late = new Promise<boolean>((resolve) => {
    clear = clock.setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([promise.then(() => true), late]);
  } finally {
    clear?.();
  }
}

/** IPv6 first, then alternating, so that a broken IP version costs only one head start (RFC 8305, section 4). */
export function interleave(addresses: readonly string[]): readonly string[] {
  // Stryker disable next-line ConditionalExpression: a shortcut, the rest gives the same
  if (addresses.length < 2) return addresses;
  const v6 = addresses.filter((address) => isIPv6(address));
  const v4 = addresses.filter((address) => !isIPv6(address));
  const longer = Math.max(v6.length, v4.length);
  return Array.from({ length: longer }, (_, index) => [v6[index], v4[index]])
    .flat()
    .filter((address) => address !== undefined);
}
