import type { Zone } from "./dns-authority.ts";

/**
 * The domain of host names in a VPC. With the default DHCP options it is in the `search` line of resolv.conf on
 * a host and in its containers.
 * https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html
 */
export const hostDomain = (region = "us-east-1"): string =>
  region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;

/**
 * Zones that every VPC has: host names and reverse lookups. They have no records. With them, queries for these
 * names stay on this machine.
 */
export const vpcZones = (region: string | undefined): Zone[] =>
  [hostDomain(region), "127.in-addr.arpa"].map((name) => ({ name, records: () => [] }));
