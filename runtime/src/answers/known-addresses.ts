import { isIP } from "node:net";
import { isLocalhost } from "../base/name.ts";
import type { SrvTarget } from "../base/types.ts";

/** The IP versions to look up; IPv6 comes first (RFC 8305, section 4). */
const FAMILIES = { 4: [4], 6: [6], both: [6, 4] } as const;
const LOOPBACK = ["::1", "127.0.0.1"];

/**
 * The addresses of a target that are known without a lookup, and the IP versions that must be looked
 * up. Known are: a host that is an IP address itself, loopback for `localhost`, and the addresses that
 * came with the answer.
 *
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
