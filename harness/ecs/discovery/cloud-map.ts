import { isDeepStrictEqual } from "node:util";
import type { EcsEvents } from "../base/events.ts";
import type { DiscoveryPlan } from "../terraform/plan/plan.ts";
import type { Zone } from "./dns-authority.ts";
import type { DnsRecord } from "./dns-records.ts";

/** Route 53 returns at most eight records for a multivalue query. */
const MOST_RECORDS = 8;

/** A task's entry in a Cloud Map service. */
export interface Instance {
  readonly id: string;
  readonly address: string;
  readonly port: number;
  readonly healthy: boolean;
  /** The attributes that ECS sets in addition to address and port, by name. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The registry: namespaces, their services and the registered instances. */
export class CloudMap {
  readonly #services = new Map<string, ServiceEntry>();
  /** Number of registrations and deregistrations, by the service's resource address. */
  readonly #revisions = new Map<string, number>();
  readonly #events: EcsEvents;
  readonly #random: () => number;
  /** Names of the namespaces in DNS, including those without a service. */
  namespaces: readonly string[] = [];
  /** Whether a fault hides all instances from DNS and API. */
  silent = false;

  constructor(events: EcsEvents, random: () => number) {
    this.#events = events;
    this.#random = random;
  }

  /**
   * Sets the services of a template. Existing services keep their instances. A new or replaced service starts
   * without instances.
   */
  configure(plans: ReadonlyMap<string, DiscoveryPlan>): void {
    for (const [address, entry] of this.#services) {
      const next = plans.get(address);
      if (next && isDeepStrictEqual(identityOf(entry.plan), identityOf(next))) continue;
      for (const id of entry.instances.keys()) this.deregister(address, id);
      this.#services.delete(address);
    }
    for (const [address, plan] of plans) {
      const instances = this.#services.get(address)?.instances ?? new Map<string, Instance>();
      this.#services.set(address, { plan, instances });
    }
  }

  /** @param service resource address of the Cloud Map service */
  register(service: string, instance: Instance): void {
    const entry = this.#services.get(service);
    if (!entry) return;
    const registered = entry.plan.ignoresHealth ? { ...instance, healthy: true } : instance;
    entry.instances.set(instance.id, registered);
    this.#revise(service);
    this.#publish("registered", entry, registered);
  }

  /** Sets the custom health status, as ECS does. */
  setHealth(service: string, instanceId: string, healthy: boolean): void {
    const entry = this.#services.get(service);
    const instance = entry?.instances.get(instanceId);
    if (!entry || !instance || entry.plan.ignoresHealth || instance.healthy === healthy) return;
    const changed = { ...instance, healthy };
    entry.instances.set(instanceId, changed);
    this.#publish("health", entry, changed);
  }

  deregister(service: string, instanceId: string): void {
    const entry = this.#services.get(service);
    const instance = entry?.instances.get(instanceId);
    if (!entry || !instance) return;
    entry.instances.delete(instanceId);
    this.#revise(service);
    this.#publish("deregistered", entry, instance);
  }

  hasNamespace(name: string): boolean {
    const entries = [...this.#services.values()];
    return this.namespaces.includes(name) || entries.some(({ plan }) => plan.namespace === name);
  }

  /** The instances of a service by its name, `[service].[namespace]`; undefined if there is no such service. */
  instances(name: string): readonly Instance[] | undefined {
    const entry = this.#named(name);
    return entry && (this.silent ? [] : [...entry.instances.values()]);
  }

  /** The revision of a service: it grows with each registration and deregistration. */
  revision(name: string): number {
    return this.#revisions.get(this.#named(name)?.plan.address ?? "") ?? 0;
  }

  /** The current DNS zones, one for each namespace. An HTTP namespace has none. */
  zones(): Zone[] {
    const entries = [...this.#services.values()];
    const inDns = entries.filter(({ plan }) => plan.records.length > 0);
    const names = new Set([...this.namespaces, ...inDns.map(({ plan }) => plan.namespace)]);
    return [...names].map((name) => ({
      name,
      records: () =>
        entries
          .filter(({ plan }) => plan.namespace === name && !this.silent)
          .flatMap((entry) => recordsOf(entry, this.#random)),
    }));
  }

  #named(name: string): ServiceEntry | undefined {
    return [...this.#services.values()].find(({ plan }) => plan.name === name);
  }

  #revise(service: string): void {
    this.#revisions.set(service, (this.#revisions.get(service) ?? 0) + 1);
  }

  #publish(
    action: "registered" | "deregistered" | "health",
    { plan: { name } }: ServiceEntry,
    { id: instanceId, address, port, healthy }: Instance,
  ): void {
    this.#events.publish({ type: "record", action, name, instanceId, address, port, healthy });
  }
}

/** The settings that cannot change without a new service. TTL and description can. */
const identityOf = ({ name, routingPolicy, ignoresHealth, records }: DiscoveryPlan): unknown => [
  name,
  routingPolicy,
  ignoresHealth,
  records.map(({ type }) => type),
];

interface ServiceEntry {
  readonly plan: DiscoveryPlan;
  readonly instances: Map<string, Instance>;
}

/**
 * The records of a service. For SRV: `1 1 port instance.service.namespace`, and the A record of each instance,
 * even of an unhealthy one.
 * https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsRecord.html
 */
function recordsOf({ plan, instances }: ServiceEntry, random: () => number): DnsRecord[] {
  const all = [...instances.values()];
  return plan.records.flatMap(({ type, ttl }) => {
    const chosen = choose(all, plan.routingPolicy, random);
    if (type === "A") {
      return chosen.map(({ address }): DnsRecord => ({ type, name: plan.name, ttl, address }));
    }
    const target = ({ id }: Instance): string => `${id}.${plan.name}`;
    return [
      ...chosen.map((instance): DnsRecord => {
        const { port } = instance;
        return {
          type,
          name: plan.name,
          ttl,
          priority: 1,
          weight: 1,
          port,
          target: target(instance),
        };
      }),
      ...all.map((instance): DnsRecord => {
        return { type: "A", name: target(instance), ttl, address: instance.address };
      }),
    ];
  });
}

/**
 * MULTIVALUE returns up to eight healthy instances, WEIGHTED one. If none is healthy, all count as healthy.
 * https://docs.aws.amazon.com/cloud-map/latest/api/API_DnsConfig.html
 */
export function choose(
  instances: readonly Instance[],
  policy: DiscoveryPlan["routingPolicy"],
  random: () => number,
): Instance[] {
  const healthy = instances.filter((instance) => instance.healthy);
  const candidates = healthy.length > 0 ? healthy : [...instances];
  const most = policy === "WEIGHTED" ? 1 : MOST_RECORDS;
  return shuffle(candidates, random).slice(0, most);
}

/** Fisher-Yates shuffle. */
function shuffle<Item>(items: readonly Item[], random: () => number): Item[] {
  const rest = [...items];
  return items.flatMap(() => rest.splice(Math.floor(random() * rest.length), 1));
}
