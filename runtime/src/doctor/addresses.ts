import { isIP } from "node:net";
import { knownAddresses } from "../answers/addresses.ts";
import { toError } from "../base/errors.ts";
import type { SrvTarget } from "../base/types.ts";
import type { DnsResolver } from "../dns/resolver.ts";

/** Finds the addresses of a target as a dial does. @returns IPv6 first; if there are none, the problem says why */
export async function dialedAddresses(
  target: SrvTarget,
  resolver: DnsResolver,
  signal: AbortSignal,
) {
  const { known, missing } = knownAddresses(target, "both", true);
  const outcomes = await Promise.allSettled(
    missing.map((family) => resolver.lookup(target.host, { family, signal })),
  );
  const found = outcomes.flatMap((each) =>
    each.status === "fulfilled" ? each.value.addresses : [],
  );
  const addresses = [...known, ...found].toSorted((one, other) => isIP(other) - isIP(one));
  const failed = outcomes.find((each) => each.status === "rejected");
  const reason = failed === undefined ? "it has no address" : toError(failed.reason).message;
  return { addresses, problem: addresses.length > 0 ? undefined : reason };
}
