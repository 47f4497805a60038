import { Resolver } from "node:dns";
import type { FileMount } from "../machine/image-root.ts";
import { tryResolvConf } from "../machine/platform.ts";
import { writeResolvConf } from "../machine/resolv-conf.ts";
import { endpointOf, endpointZone } from "./aws-endpoint.ts";
import type { Zone } from "./dns-authority.ts";
import type { DnsFault } from "./dns-fault.ts";
import { forwardTo } from "./dns-forward.ts";
import { DNS_PORT, startDnsServer, type RunningDnsServer } from "./dns-server.ts";
import { VpcResolver } from "./vpc-resolver.ts";
import { hostDomain, vpcZones } from "./vpc-zones.ts";

/** How containers resolve names. */
export interface NameService {
  readonly resolver: VpcResolver;
  readonly dns: RunningDnsServer;
  /** Files that point programs to the resolver, if it has port 53. They are mounted in containers. */
  readonly files: readonly FileMount[];
  /** The AWS API for containers. */
  readonly endpoint: { readonly name: string; readonly address: string };
}

export interface NameServiceOptions {
  /** Seconds that negative answers are cached. */
  readonly soaTtl: number;
  readonly region: string | undefined;
  /** Prefix of the run's loopback block, `127.x.y.`. Each run has its own, so that all can use port 53. */
  readonly prefix: string;
  /** The run's folder. */
  readonly folder: string;
  /** Returns the resolver's current fault. */
  readonly fault: () => DnsFault | undefined;
}

/**
 * Starts the VPC's resolver. It forwards names in no zone to this machine's servers.
 * @param zones returns the current zones, without those that every VPC has
 */
export async function startNameService(
  zones: () => readonly Zone[],
  { soaTtl, region, prefix, folder, fault }: NameServiceOptions,
): Promise<NameService> {
  const endpoint = endpointOf(prefix);
  const always = [endpointZone(endpoint), ...vpcZones(region)];
  const resolver = new VpcResolver(() => [...zones(), ...always], soaTtl);
  // As in a VPC, the second address.
  const host = `${prefix}2`;
  const files = await writeResolvConf(folder, { server: host, search: hostDomain(region) });
  // A new Resolver uses the machine's servers. Those of this process may point to this very server.
  const forward = forwardTo(() => new Resolver().getServers());
  const dns = await startDnsServer(resolver.respond, { host, port: DNS_PORT, fault, forward });
  return { resolver, dns, files, endpoint };
}

/** Whether programs in containers find the resolver through the files; see `Platform.resolvConf`. */
export const isFoundByFiles = async ({ dns, files, endpoint }: NameService): Promise<boolean> =>
  dns.port === DNS_PORT && tryResolvConf(files, endpoint);
