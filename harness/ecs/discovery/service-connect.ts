import { HarnessError } from "../base/errors.ts";
import { messageOf } from "../base/message-of.ts";
import type { TaskAddresses } from "../machine/addresses.ts";
import type { Platform } from "../machine/platform.ts";
import type {
  EndpointPlan,
  Plan,
  ServiceConnectPlan,
  ServicePlan,
} from "../terraform/plan/plan.ts";
import { type ConnectTarget, EndpointProxy } from "./endpoint-proxy.ts";

/** A name in the `/etc/hosts` of a task with Service Connect. */
export interface HostName {
  readonly name: string;
  readonly address: string;
}

/** The tasks behind a discovery name, by id. */
type Targets = Map<string, ConnectTarget>;

/**
 * Service Connect: the endpoints of the namespaces, each with a proxy at an address of this machine. In ECS every
 * task has a proxy of its own, at 127.255.0.x in its network.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-connect-concepts-deploy.html
 */
export class ServiceConnect {
  readonly #addresses: TaskAddresses;
  /** The endpoints of each service, by the service's resource address. */
  readonly #services = new Map<string, ServiceConnectPlan>();
  /** By namespace and discovery name. */
  readonly #targets = new Map<string, Targets>();
  /** By address and port. */
  readonly #proxies = new Map<string, EndpointProxy>();
  /** The address of each name, by namespace and name. */
  readonly #names = new Map<string, string>();

  /** @param addresses from which each name gets one */
  constructor(addresses: TaskAddresses) {
    this.#addresses = addresses;
  }

  /**
   * Makes or changes the endpoints of a service. Their names exist at once; resolves when their proxies listen.
   * @throws HarnessError ERR_PLATFORM if a port is not free
   */
  async declare({ address, serviceConnect }: ServicePlan): Promise<void> {
    if (serviceConnect === undefined) return this.remove(address);
    this.#services.set(address, serviceConnect);
    const { namespace, endpoints } = serviceConnect;
    await Promise.all(endpoints.map((endpoint) => this.#open(address, namespace, endpoint)));
  }

  /** Ends the endpoints of a service. Running tasks keep their names, as in ECS. */
  remove(service: string): void {
    this.#services.delete(service);
  }

  /** The names of a namespace's current endpoints. */
  namesIn(namespace: string): readonly HostName[] {
    const endpoints = [...this.#services.values()].flatMap((plan) =>
      plan.namespace === namespace ? plan.endpoints : [],
    );
    const names = new Set(endpoints.map(({ dnsName }) => dnsName));
    return [...names].map((name) => ({ name, address: this.#addressOf(namespace, name) }));
  }

  /** Puts a running task behind a discovery name. The proxies use it at once. */
  register(namespace: string, discoveryName: string, target: ConnectTarget): void {
    this.#behind(namespace, discoveryName).set(target.taskId, target);
  }

  setHealth(taskId: string, healthy: boolean): void {
    for (const targets of this.#targets.values()) {
      const target = targets.get(taskId);
      if (target) targets.set(taskId, { ...target, healthy });
    }
  }

  deregister(taskId: string): void {
    for (const targets of this.#targets.values()) targets.delete(taskId);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#proxies.values()].map((proxy) => proxy.close()));
  }

  async #open(
    service: string,
    namespace: string,
    { dnsName, port, discoveryName, idleTimeout }: EndpointPlan,
  ): Promise<void> {
    const address = this.#addressOf(namespace, dnsName);
    const key = `${address}:${port}`;
    const targets = this.#behind(namespace, discoveryName);
    const present = this.#proxies.get(key);
    if (present) return present.change({ targets, idleTimeout });
    const proxy = new EndpointProxy({ targets, idleTimeout });
    this.#proxies.set(key, proxy);
    await proxy.listen({ address, port }).catch((error: unknown) => {
      this.#proxies.delete(key);
      const message = `${service}: nothing can listen at ${key} for its endpoint ${dnsName}:${port}: ${messageOf(error)}`;
      throw new HarnessError("ERR_PLATFORM", message, { cause: error });
    });
  }

  #behind(namespace: string, discoveryName: string): Targets {
    const key = `${namespace}/${discoveryName}`;
    const targets = this.#targets.get(key) ?? new Map<string, ConnectTarget>();
    this.#targets.set(key, targets);
    return targets;
  }

  /** The ports of a name have one address, because `/etc/hosts` has no ports. */
  #addressOf(namespace: string, dnsName: string): string {
    const key = `${namespace}/${dnsName}`;
    const address = this.#names.get(key) ?? this.#addresses.take();
    this.#names.set(key, address);
    return address;
  }
}

/**
 * @throws HarnessError ERR_PLATFORM if a template has endpoints and this machine does not allow to mount a container's
 * `/etc/hosts`: no client would find its server
 */
export async function checkServiceConnect(
  { services }: Plan,
  platform: () => Pick<Platform, "pidNamespaces"> | Promise<Pick<Platform, "pidNamespaces">>,
): Promise<void> {
  const service = services.find((each) => (each.serviceConnect?.endpoints.length ?? 0) > 0);
  if (service === undefined || (await platform()).pidNamespaces) return;
  const message = `${service.address}.service_connect_configuration: Service Connect requires root on this machine, because its names are in each container's own /etc/hosts`;
  throw new HarnessError("ERR_PLATFORM", message);
}
