import { Resolver } from "node:dns";
import type { FileMount } from "../machine/pid-namespace.ts";
import { tryResolvConf } from "../machine/platform.ts";
import { writeResolvConf } from "../machine/resolv-conf.ts";
import { ENDPOINT, endpointZone } from "./aws-endpoint.ts";
import type { Zone } from "./dns-authority.ts";
import type { DnsFault } from "./dns-fault.ts";
import { forwardTo } from "./dns-forward.ts";
import { DNS_PORT, startDnsServer, type RunningDnsServer } from "./dns-server.ts";
import { VpcResolver } from "./vpc-resolver.ts";
import { hostDomain, vpcZones } from "./vpc-zones.ts";

/** By which containers find names. */
export interface NameService {
  readonly resolver: VpcResolver;
  readonly dns: RunningDnsServer;
  /** Lead programs to the resolver, where they are mounted and it has port 53. */
  readonly files: readonly FileMount[];
}

export interface NameServiceOptions {
  /** Seconds that negative answers are cached. */
  readonly soaTtl: number;
  readonly region: string | undefined;
  /** Of the run's loopback block, `127.x.y.`, so that runs side by side can all have port 53. */
  readonly prefix: string;
  /** Of the run. */
  readonly folder: string;
  /** The fault that the resolver has now. */
  readonly fault: () => DnsFault | undefined;
}

/**
 * Starts the VPC's resolver. What is in none of its zones it asks this machine's servers.
 * @param zones the present ones, beside those that every VPC has
 */
export async function startNameService(
  zones: () => readonly Zone[],
  { soaTtl, region, prefix, folder, fault }: NameServiceOptions,
): Promise<NameService> {
  const always = [endpointZone, ...vpcZones(region)];
  const resolver = new VpcResolver(() => [...zones(), ...always], soaTtl);
  // In a VPC it is the second address, too.
  const host = `${prefix}2`;
  const files = await writeResolvConf(folder, { server: host, search: hostDomain(region) });
  // A new resolver has the machine's servers: those of the process may be this one.
  const forward = forwardTo(() => new Resolver().getServers());
  const dns = await startDnsServer(resolver.respond, { host, port: DNS_PORT, fault, forward });
  return { resolver, dns, files };
}

/** Whether programs in containers find the resolver through the files; see `Platform.resolvConf`. */
export const isFoundByFiles = async ({ dns, files }: NameService): Promise<boolean> =>
  dns.port === DNS_PORT && tryResolvConf(files, ENDPOINT);
