import { type DnsResolver, dnsResolver } from "../dns/resolver.ts";
import { UsageError } from "./arguments.ts";

/** A resolver for the given DNS servers, or for the system's. */
export function resolverOf(servers: readonly string[] | undefined): DnsResolver {
  if (servers === undefined) return dnsResolver();
  try {
    return dnsResolver({ servers });
  } catch {
    throw new UsageError("Invalid --server; allowed: IP, IP:PORT or [IPV6]:PORT");
  }
}
