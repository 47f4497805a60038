import { isIP } from "node:net";
import { isLocalhost } from "../base/name.ts";
import type { SrvTarget } from "../base/types.ts";

/** IPv6 comes first where both are asked for (RFC 8305, section 4). */
const FAMILIES = { 4: [4], 6: [6], both: [6, 4] } as const;
const LOOPBACK = ["::1", "127.0.0.1"];

/**
 * The addresses of a target that need no lookup, and the families that must be looked up: an IP
 * address as host is its own, `localhost` is loopback, and others may have come with the answer.
 *
 * @param isPartial those of the answer may lack a family
 */
export function toldAddresses(
  { host, addresses = [] }: SrvTarget,
  family: 4 | 6 | "both",
  isPartial: boolean,
): { told: readonly string[]; missing: readonly (4 | 6)[] } {
  if (isIP(host) !== 0) return { told: inFamily([host], family), missing: [] };
  if (addresses.length > 0) {
    const told = inFamily(addresses, family);
    const isLacking = (each: 4 | 6): boolean => !told.some((address) => isIP(address) === each);
    return { told, missing: isPartial ? FAMILIES[family].filter(isLacking) : [] };
  }
  if (isLocalhost(host)) return { told: inFamily(LOOPBACK, family), missing: [] };
  return { told: [], missing: FAMILIES[family] };
}

/** A name among them is left out: Node would look it up by itself. */
function inFamily(addresses: readonly string[], family: 4 | 6 | "both"): readonly string[] {
  return addresses.filter((address) => {
    const version = isIP(address);
    return family === "both" ? version !== 0 : version === family;
  });
}
