import type { Zone } from "./dns-authority.ts";

/**
 * The domain in which AWS names the hosts of a VPC; with the default DHCP options the `search` line of
 * resolv.conf on a host and in its containers.
 * https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html
 */
export const hostDomain = (region = "us-east-1"): string =>
  region === "us-east-1" ? "ec2.internal" : `${region}.compute.internal`;

/**
 * Zones that the VPC's resolver has by itself: the hosts' names, and those of the addresses here. Without
 * records: nothing asks for them, and no question for them leaves this machine.
 */
export const vpcZones = (region: string | undefined): Zone[] =>
  [hostDomain(region), "127.in-addr.arpa"].map((name) => ({ name, records: () => [] }));
