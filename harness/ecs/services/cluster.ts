import { LoadBalancer } from "../balancing/load-balancer.ts";
import { TargetGroup } from "../balancing/target-group.ts";
import { CloudMap } from "../discovery/cloud-map.ts";
import { hostnameZones } from "../discovery/hostnames.ts";
import { startDiscoverInstances, type CloudMapApiFault } from "../discovery/discover-instances.ts";
import type { DnsFault } from "../discovery/dns-fault.ts";
import { ServiceConnect } from "../discovery/service-connect.ts";
import { isFoundByFiles, startNameService, type NameService } from "../discovery/name-service.ts";
import type { EcsEvents } from "../base/events.ts";
import { whyNoNetworks } from "../machine/check-images.ts";
import { checkSyncs } from "../machine/check-syncs.ts";
import { ContainerNetworks } from "../machine/container-networks.ts";
import { Fleet } from "../machine/fleet.ts";
import { GATEWAY, openGateway } from "../machine/gateway.ts";
import { Guardian } from "../machine/guardian.ts";
import { claimLoopbackBlock } from "../machine/loopback.ts";
import { startMemoryLimits, type MemoryLimits } from "../machine/memory-limits.ts";
import { tryIsolation, type Isolation, type Platform } from "../machine/platform.ts";
import { PublishedPorts } from "../machine/published-ports.ts";
import { doAll } from "../base/settle.ts";
import type { Plan } from "../terraform/plan/plan.ts";

/** The environment of services that stays while they change: hosts, resolver, load balancers, registry. */
export interface Cluster extends NameService {
  readonly guardian: Guardian;
  readonly fleet: Fleet;
  readonly published: PublishedPorts;
  readonly networks: ContainerNetworks;
  readonly cloudMap: CloudMap;
  readonly serviceConnect: ServiceConnect;
  /** Port of the Cloud Map API at the address of its endpoint. */
  readonly apiPort: number;
  readonly targetGroups: ReadonlyMap<string, TargetGroup>;
  readonly loadBalancers: readonly LoadBalancer[];
  /** The container features of this machine. */
  readonly platform: Platform;
  readonly memoryLimits: MemoryLimits;
  /** Whether a lost host loses what containers have not synced. */
  readonly losesUnsynced: boolean;
  /** The current faults of its parts. */
  readonly switches: FaultSwitches;
  /** Ends everything and every process; resolves when nothing is left. */
  close(): Promise<void>;
}

/** The current faults of parts of the local ECS; all off at the start. */
interface FaultSwitches {
  /** Additional microseconds for each key that a starting Redis loads. */
  keyLoadDelayMicros: number | undefined;
  /** Whether starting tasks cannot mount EFS. */
  mountFails: boolean;
  dns: DnsFault | undefined;
  cloudMapApi: CloudMapApiFault | undefined;
  /** Whether a replacement starts before the old task has ended. */
  overlap: boolean;
}

/** Settings of a run that are not in a template. */
export interface ClusterOptions {
  /** Seconds. */
  readonly soaTtl: number;
  readonly region: string | undefined;
  readonly random: () => number;
  readonly events: EcsEvents;
  /** Addresses of additional host names. */
  readonly hostnames: Readonly<Record<string, string>>;
  /** `false` for features not to use although this machine supports them. */
  readonly platform: Partial<Platform>;
  readonly losesUnsynced: boolean;
}

/** Starts the parts in the order of their dependencies. If one fails, the others are ended. */
export async function startCluster(plan: Plan, options: ClusterOptions): Promise<Cluster> {
  const { events, random, soaTtl, region, hostnames } = options;
  const closers: (() => Promise<void> | void)[] = [];
  const close = (): Promise<void> => doAll(closers.splice(0).toReversed());
  try {
    const tried = tryIsolation(options.platform);
    const guardian = await Guardian.start();
    closers.push(() => guardian.close());
    const memoryLimits = await startMemoryLimits(guardian, options.platform.memory);
    const block = await claimLoopbackBlock(random);
    closers.push(() => block.release());
    const fleet = new Fleet(plan.hosts, block.prefix, events);
    const published = new PublishedPorts();
    closers.push(() => published.close());
    const switches = allOff();
    const cloudMap = new CloudMap(events, random);
    cloudMap.namespaces = plan.namespaces;
    cloudMap.configure(plan.discovery);
    const fault = (): DnsFault | undefined => switches.dns;
    const place = { prefix: block.prefix, folder: guardian.folder };
    const settings = { soaTtl, region, fault, ...place };
    let localhost = "127.0.0.1";
    const zones = () => [...cloudMap.zones(), ...hostnameZones(hostnames, localhost)];
    const names = await startNameService(zones, settings);
    closers.push(() => names.dns.close());
    const platform = platformOf(tried, names, memoryLimits, options.platform);
    const networks = new ContainerNetworks(guardian, block.prefix);
    closers.push(() => networks.close());
    const failing = (): CloudMapApiFault | undefined => switches.cloudMapApi;
    const api = await startDiscoverInstances(cloudMap, names.endpoint.address, failing);
    closers.push(() => api.close());
    const serviceConnect = new ServiceConnect(fleet.addresses);
    closers.push(() => serviceConnect.close());
    const discovery = { ...names, cloudMap, serviceConnect, apiPort: api.port };
    const targetGroups = new Map(
      [...plan.targetGroups].map(([address, group]) => [address, new TargetGroup(group, events)]),
    );
    closers.push(() => targetGroups.forEach((group) => group.close()));
    const loadBalancers: LoadBalancer[] = [];
    for (const balancer of plan.loadBalancers) {
      const started = await LoadBalancer.start(balancer, targetGroups);
      closers.push(() => started.close());
      loadBalancers.push(started);
    }
    const balancing = { targetGroups, loadBalancers };
    const limits = { memoryLimits, platform: await platform };
    const machine = { guardian, fleet, published, networks, ...limits };
    if (machine.platform.networks) {
      await openGateway(guardian);
      localhost = GATEWAY;
    }
    const { losesUnsynced } = options;
    if (losesUnsynced) await checkSyncs(machine.platform);
    return { ...machine, ...discovery, ...balancing, losesUnsynced, switches, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The features that were tried, and whether programs find the resolver through its files. */
async function platformOf(
  tried: Promise<Isolation>,
  names: NameService,
  { cgroup }: MemoryLimits,
  wanted: Partial<Platform>,
): Promise<Platform> {
  const isFound = wanted.resolvConf !== false && isFoundByFiles(names);
  const isolation = await tried;
  const resolvConf = isolation.pidNamespaces && (await isFound);
  const networks = resolvConf && wanted.networks !== false && (await whyNoNetworks()) === undefined;
  return { ...isolation, resolvConf, networks, memory: cgroup !== undefined };
}

const allOff = (): FaultSwitches => ({
  keyLoadDelayMicros: undefined,
  mountFails: false,
  dns: undefined,
  cloudMapApi: undefined,
  overlap: false,
});
