import type { BoundPort } from "../machine/host.ts";
import type { PublishedPort } from "../machine/published-port.ts";
import type { PublishedPorts } from "../machine/published-ports.ts";

/** The addresses of a container. */
export interface ContainerAddresses {
  /** The address of its published ports. */
  readonly address: string;
  /** The address of its program. */
  readonly programAddress: string;
  /** The address at which linked containers reach its own ports; undefined if none does. */
  readonly linkAddress: string | undefined;
}

/** All ports of a container: published ones, and ports for links. */
export class ContainerPorts {
  readonly #ports: readonly PublishedPort[];
  /** Ports inside the task: a cut of the task's network does not affect them. */
  readonly #linked: readonly PublishedPort[];

  /**
   * Publishes the ports that the container's program will listen on.
   * @param published the published ports of the run
   * @param cut whether the network is already cut
   * @param onError called if another process uses a port
   */
  constructor(
    published: PublishedPorts,
    bound: readonly BoundPort[],
    { address, programAddress, linkAddress }: ContainerAddresses,
    cut: boolean,
    onError: (error: Error) => void,
  ) {
    this.#ports = bound.map(({ hostPort, listenPort }) => {
      const inside = { address: programAddress, port: listenPort };
      return published.publish({ address, port: hostPort }, inside, cut, onError);
    });
    const links = linkAddress === undefined ? [] : bound;
    this.#linked = links.map(({ containerPort, listenPort }) => {
      const own = { address: linkAddress ?? address, port: containerPort };
      return published.publish(own, { address: programAddress, port: listenPort }, false, onError);
    });
  }

  /** Resolves when all changes so far are applied. */
  async untilApplied(): Promise<void> {
    await Promise.all(this.#all.map((port) => port.untilApplied()));
  }

  /** Cuts the network between the published ports and all clients. */
  async cut(): Promise<void> {
    await Promise.all(this.#ports.map((port) => port.cut()));
  }

  async reconnect(): Promise<void> {
    await Promise.all(this.#ports.map((port) => port.reconnect()));
  }

  /** The program has ended. */
  close(): void {
    for (const port of this.#all) void port.close();
  }

  /** Releases the ports; paused connections stay paused. */
  async free(): Promise<void> {
    await Promise.all(this.#ports.map((port) => port.free()));
  }

  /** Closes the ports and their connections, even during a cut. */
  async discard(): Promise<void> {
    await Promise.all(this.#all.map((port) => port.discard()));
  }

  get #all(): readonly PublishedPort[] {
    return [...this.#ports, ...this.#linked];
  }
}
