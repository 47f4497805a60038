import type { TaskPlace } from "../machine/host.ts";
import type { ContainerPlan } from "../terraform/plan/plan.ts";
import type { ContainerContext } from "./container-context.ts";
import type { LocalImage, LocalPort } from "./image.ts";
import type { TaskNetworks } from "./task-networks.ts";

/** The addresses of a task. */
interface Addresses {
  /** The address of the host, or of the task in awsvpc mode. */
  readonly address: string;
  readonly networks: TaskNetworks;
  /** Undefined before it is placed. */
  readonly place: TaskPlace | undefined;
  /** All containers of the task. */
  readonly containers: readonly Pick<ContainerPlan, "name" | "image" | "hostname">[];
  readonly image: (name: string) => LocalImage;
}

/** Where a container of a task is, and where it reaches those that it links to. */
export function placeOf(
  { name, links }: Pick<ContainerPlan, "name" | "links">,
  { address, networks, place, containers, image }: Addresses,
): Pick<ContainerContext, "address" | "ports" | "linkAddress" | "network" | "links"> {
  const portsOf = (container: string) => place?.ports.get(container) ?? [];
  return {
    address,
    ports: portsOf(name),
    linkAddress: place?.linked.get(name),
    network: networks.of(name),
    links: links.map((link) => {
      const [linked = "", alias = linked] = link.split(":");
      const own = networks.of(linked)?.address;
      const plan = containers.find((each) => each.name === linked);
      const published: readonly LocalPort[] = portsOf(linked);
      // In a network of its own, a program listens on the ports that its image names.
      const exposed = (own && plan && image(plan.image).exposes) || [];
      const others = exposed.filter(
        (port) => !published.some((each) => each.containerPort === port),
      );
      const ports = [
        ...published,
        ...others.map((port) => ({ containerPort: port, listenPort: port })),
      ];
      // Without a published port its program listens on the host, at a port of its choice.
      const relayed = published.length > 0 ? place?.linked.get(linked) : undefined;
      const addresses = { address: own ?? relayed ?? address, programAddress: own ?? address };
      return { alias, hostname: plan?.hostname, ports, ...addresses };
    }),
  };
}
