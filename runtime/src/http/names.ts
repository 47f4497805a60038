import { isIP } from "node:net";
import { invalidArg } from "../base/checks.ts";
import { canonicalName, isLocalhost, nameProblem } from "../base/name.ts";

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
  const patterns = names.map(canonicalName);
  return (host) =>
    patterns.some((name) => (name.startsWith("*.") ? host.endsWith(name.slice(1)) : host === name));
}

function isPattern(name: unknown): name is string {
  return typeof name === "string" && nameProblem(name.replace(/^\*\./, "")) === undefined;
}
