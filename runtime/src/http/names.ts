import { isIP } from "node:net";
import { invalidArg } from "../base/checks.ts";
import { canonicalName, isLocalhost, nameProblem } from "../base/name.ts";

/** The wildcard for the first labels of a name. */
const ANY = "*.";

/** Whether the host of a URL is looked up as an SRV name. */
export type IsSrvName = (host: string) => boolean;

/**
 * Matches the names in the list, or all names without a list. Never matches IP addresses and `localhost`.
 *
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG
 */
export function srvNames(names: unknown): IsSrvName {
  const isListed = names === undefined ? () => true : listOf(names);
  return (host) => isIP(host) === 0 && !isLocalhost(host) && isListed(canonicalName(host));
}

function listOf(names: unknown): IsSrvName {
  if (!Array.isArray(names) || names.length === 0 || !names.every(isPattern)) {
    throw invalidArg(
      "names",
      names,
      "a list of SRV names, such as search.dev-ecs, or *.dev-ecs for all names below",
    );
  }
  const [below, exact] = [new Set<string>(), new Set<string>()];
  for (const name of names.map(canonicalName)) {
    if (name.startsWith(ANY)) below.add(name.slice(ANY.length));
    else exact.add(name);
  }
  return (host) => exact.has(host) || parentsOf(host).some((parent) => below.has(parent));
}

function isPattern(name: unknown): name is string {
  if (typeof name !== "string") return false;
  return nameProblem(name.startsWith(ANY) ? name.slice(ANY.length) : name) === undefined;
}

/** `b.c` and `c` of `a.b.c`. */
function parentsOf(host: string): string[] {
  const labels = host.split(".");
  return labels.slice(1).map((_label, at) => labels.slice(at + 1).join("."));
}
