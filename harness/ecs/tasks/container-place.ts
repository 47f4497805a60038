import type { TaskPlace } from "../machine/host.ts";
import type { ContainerPlan } from "../terraform/plan/plan.ts";
import type { ContainerContext } from "./container-context.ts";
import type { TaskNetworks } from "./task-networks.ts";

/** The addresses of a task. */
interface Addresses {
  /** The address of the host, or of the task in awsvpc mode. */
  readonly address: string;
  readonly networks: TaskNetworks;
  /** Undefined before it is placed. */
  readonly place: TaskPlace | undefined;
}

/** Where a container of a task is, and where it reaches those that it links to. */
export function placeOf(
  { name, links }: Pick<ContainerPlan, "name" | "links">,
  { address, networks, place }: Addresses,
): Pick<ContainerContext, "address" | "ports" | "linkAddress" | "network" | "links"> {
  const portsOf = (container: string) => place?.ports.get(container) ?? [];
  return {
    address,
    ports: portsOf(name),
    linkAddress: place?.linked.get(name),
    network: networks.of(name),
    links: links.map((link) => {
      const [linked = "", alias = linked] = link.split(":");
      const ports = portsOf(linked);
      const own = networks.of(linked)?.address;
      // Without a published port its program listens on the host, at a port of its choice.
      const relayed = ports.length > 0 ? place?.linked.get(linked) : undefined;
      return { alias, ports, address: own ?? relayed ?? address, programAddress: own ?? address };
    }),
  };
}
