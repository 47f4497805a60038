import { isIP } from "node:net";
import type { Clock } from "../base/time.ts";
import { isLocalhost } from "../base/name.ts";
import type { SrvTarget } from "../base/types.ts";

/** The IP versions to look up; IPv6 comes first (RFC 8305, section 4). */
const FAMILIES = { 4: [4], 6: [6], both: [6, 4] } as const;
const LOOPBACK = ["::1", "127.0.0.1"];
/** How long IPv4 addresses wait for IPv6 addresses, in ms (RFC 8305, section 3). */
const RESOLUTION_DELAY = 50;

/**
 * The addresses of a target that are known without a lookup, and the IP versions that must be looked up.
 * @param isPartial the addresses in the answer may be missing one IP version
 */
export function knownAddresses(
  { host, addresses = [] }: SrvTarget,
  family: 4 | 6 | "both",
  isPartial: boolean,
): { known: readonly string[]; missing: readonly (4 | 6)[] } {
  if (isIP(host) !== 0) return { known: inFamily([host], family), missing: [] };
  if (addresses.length > 0) {
    const known = inFamily(addresses, family);
    const isMissing = (each: 4 | 6): boolean => !known.some((address) => isIP(address) === each);
    return { known, missing: isPartial ? FAMILIES[family].filter(isMissing) : [] };
  }
  if (isLocalhost(host)) return { known: inFamily(LOOPBACK, family), missing: [] };
  return { known: [], missing: FAMILIES[family] };
}

/** Drops anything that is not an IP address: Node would look up a name by itself. */
function inFamily(addresses: readonly string[], family: 4 | 6 | "both"): readonly string[] {
  return addresses.filter((address) => {
    const version = isIP(address);
    return family === "both" ? version !== 0 : version === family;
  });
}

/**
 * Passes the results of lookups to `found` as they arrive. IPv4 addresses wait a moment for IPv6 addresses.
 * @param lookups one, or two: IPv6 and IPv4
 * @throws the error of a lookup, if none found an address
 */
export async function asTheyCome(
  lookups: readonly Promise<readonly string[]>[],
  clock: Clock,
  found: (addresses: readonly string[]) => void,
): Promise<void> {
  let clear: (() => void) | undefined;
  let isFound = false;
  const moment = (): Promise<void> =>
    new Promise((resolve) => (clear = clock.setTimeout(resolve, RESOLUTION_DELAY)));
  const passOn = async (lookup: Promise<readonly string[]>, index: number): Promise<void> => {
    const addresses = await lookup;
    if (addresses.length === 0) return;
    if (index > 0) await Promise.race([Promise.allSettled(lookups.slice(0, index)), moment()]);
    isFound = true;
    found(addresses);
  };
  const outcomes = await Promise.allSettled(lookups.map(passOn));
  clear?.();
  const failed = outcomes.find((outcome) => outcome.status === "rejected");
  if (!isFound && failed !== undefined) throw failed.reason;
}
