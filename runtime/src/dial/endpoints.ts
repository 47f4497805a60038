import { isIPv6 } from "node:net";
import type { SrvTarget } from "../base/types.ts";
import type { Endpoint } from "./attempt.ts";

export interface EndpointOptions {
  readonly addressesOf: (target: SrvTarget) => readonly string[] | Promise<readonly string[]>;
  /** A host's addresses could not be found. */
  readonly onLookupError: (target: SrvTarget, error: unknown) => void;
  /** Endpoints that were tried already are left out. */
  readonly isTried: (endpoint: Endpoint) => boolean;
}

/** The endpoints of targets in dial order; a host's addresses are looked up when it is its turn. */
export async function* endpointsOf(
  targets: readonly SrvTarget[],
  { addressesOf, onLookupError, isTried }: EndpointOptions,
): AsyncGenerator<Endpoint, void, undefined> {
  for (const target of targets) {
    let addresses: readonly string[];
    try {
      addresses = await addressesOf(target);
      if (addresses.length === 0) throw new Error("no address in the family asked for");
    } catch (error) {
      onLookupError(target, error);
      continue;
    }
    for (const address of interleave(addresses)) {
      const endpoint = { host: target.host, address, port: target.port };
      if (!isTried(endpoint)) yield endpoint;
    }
  }
}

/** IPv6 first, then alternating, so that one broken family costs one head start (RFC 8305, section 4). */
export function interleave(addresses: readonly string[]): readonly string[] {
  if (addresses.length < 2) return addresses;
  const v6 = addresses.filter((address) => isIPv6(address));
  const v4 = addresses.filter((address) => !isIPv6(address));
  const longer = Math.max(v6.length, v4.length);
  return Array.from({ length: longer }, (_, index) => [v6[index], v4[index]])
    .flat()
    .filter((address) => address !== undefined);
}
