import { Agent } from "../agent/agent.ts";
import { LoadBalancer } from "../balancing/load-balancer.ts";
import { TargetGroup } from "../balancing/target-group.ts";
import { CloudMap } from "../discovery/cloud-map.ts";
import { hostnameZones } from "../discovery/hostnames.ts";
import {
  type CloudMapApiFault,
  NO_START_FAULTS,
  type StartFaults,
} from "../base/fault-primitives.ts";
import type { DnsFault } from "../discovery/dns-fault.ts";
import { ServiceConnect } from "../discovery/service-connect.ts";
import { isFoundByFiles, startNameService, type NameService } from "../discovery/name-service.ts";
import type { EcsEvents } from "../base/events.ts";
import { whyNoNetworks } from "../machine/check-images.ts";
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
  readonly agent: Agent;
  readonly targetGroups: ReadonlyMap<string, TargetGroup>;
  readonly loadBalancers: readonly LoadBalancer[];
  /** The container features of this machine. */
  readonly platform: Platform;
  readonly memoryLimits: MemoryLimits;
  /** The current faults of its parts. */
  readonly switches: FaultSwitches;
  /** Ends everything and every process; resolves when nothing is left. */
  close(): Promise<void>;
}

/** The current faults of parts of the local ECS; all off at the start. */
interface FaultSwitches extends StartFaults {
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
  /** URLs of AWS APIs that the user has given. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** `false` for features not to use although this machine supports them. */
  readonly platform: Partial<Platform>;
  /** Whether load balancers keep connections to targets. */
  readonly keepAlive: boolean;
}

/** Registers what ends a part. */
type OnClose = (close: () => Promise<void> | void) => void;

/** Starts the parts in the order of their dependencies. If one fails, the others are ended. */
export async function startCluster(plan: Plan, options: ClusterOptions): Promise<Cluster> {
  const closers: (() => Promise<void> | void)[] = [];
  const close = (): Promise<void> => doAll(closers.splice(0).toReversed());
  const onClose: OnClose = (closer) => void closers.push(closer);
  try {
    const tried = tryIsolation(options.platform);
    const machine = await startMachine(plan, options, onClose);
    const switches = allOff();
    const naming = await startNaming(plan, options, machine, switches, onClose);
    const { names, reachAs, ...discovery } = naming;
    const { guardian, prefix } = machine;
    const networks = new ContainerNetworks(guardian, prefix, naming.agent);
    onClose(() => networks.close());
    const balancing = await startBalancing(plan, options, onClose);
    const platform = await platformOf(tried, names, machine.memoryLimits, options.platform);
    if (platform.networks) {
      await openGateway(guardian, [`${prefix}0/24`, ...namedLoopback(options)]);
      reachAs(GATEWAY);
    }
    const parts = { ...machine, networks, platform, ...names, ...discovery, ...balancing };
    return { ...parts, switches, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** This machine's loopback addresses that the user has named for containers. */
function namedLoopback({ hostnames, endpoints }: ClusterOptions): string[] {
  const hosts = Object.values(endpoints).map((url) => new URL(url).hostname);
  return [...Object.values(hostnames), ...hosts].filter((host) => /^127(?:\.\d+){3}$/.test(host));
}

/** Processes, addresses and hosts. */
async function startMachine(
  plan: Plan,
  { events, random, platform }: ClusterOptions,
  onClose: OnClose,
) {
  const guardian = await Guardian.start();
  onClose(() => guardian.close());
  const memoryLimits = await startMemoryLimits(guardian, platform.memory);
  const block = await claimLoopbackBlock(random);
  onClose(() => block.release());
  const { prefix } = block;
  const fleet = new Fleet(plan.hosts, prefix, events);
  const published = new PublishedPorts();
  onClose(() => published.close());
  return { prefix, guardian, memoryLimits, fleet, published };
}

/** The registry, the resolver, the agent, and Service Connect. */
async function startNaming(
  plan: Plan,
  { events, random, soaTtl, region, hostnames }: ClusterOptions,
  { prefix, guardian: { folder }, fleet }: Awaited<ReturnType<typeof startMachine>>,
  switches: FaultSwitches,
  onClose: OnClose,
) {
  const cloudMap = new CloudMap(events, random);
  cloudMap.namespaces = plan.namespaces;
  cloudMap.configure(plan.discovery);
  let localhost = "127.0.0.1";
  const zones = () => [...cloudMap.zones(), ...hostnameZones(hostnames, localhost)];
  const fault = (): DnsFault | undefined => switches.dns;
  const names = await startNameService(zones, { soaTtl, region, fault, prefix, folder });
  onClose(() => names.dns.close());
  const failing = (): CloudMapApiFault | undefined => switches.cloudMapApi;
  const agent = await Agent.start(names.endpoint.address, { cloudMap, failing, events });
  onClose(() => agent.close());
  const serviceConnect = new ServiceConnect(fleet.addresses);
  onClose(() => serviceConnect.close());
  /** The address at which containers reach this machine. */
  const reachAs = (address: string): void => void (localhost = address);
  return { names, cloudMap, agent, serviceConnect, reachAs };
}

/** Load balancers with their target groups. */
async function startBalancing(plan: Plan, { events, keepAlive }: ClusterOptions, onClose: OnClose) {
  const targetGroups = new Map(
    [...plan.targetGroups].map(([address, group]) => [
      address,
      new TargetGroup(group, events, keepAlive),
    ]),
  );
  onClose(() => targetGroups.forEach((group) => group.close()));
  const loadBalancers: LoadBalancer[] = [];
  for (const balancer of plan.loadBalancers) {
    const started = await LoadBalancer.start(balancer, targetGroups);
    onClose(() => started.close());
    loadBalancers.push(started);
  }
  return { targetGroups, loadBalancers };
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
  ...NO_START_FAULTS,
  dns: undefined,
  cloudMapApi: undefined,
  overlap: false,
});
