import type { BoundPort } from "../machine/host.ts";
import type { PublishedPort } from "../machine/published-port.ts";
import type { PublishedPorts } from "../machine/published-ports.ts";

/** Where a container is reached. */
export interface ContainerAddresses {
  /** Of its program, and of the ports that it publishes. */
  readonly address: string;
  /** Where other containers of its task reach its own ports; undefined where none does by a name. */
  readonly linkAddress: string | undefined;
}

/** All ports of a container: those it publishes, and those behind links. */
export class ContainerPorts {
  readonly #ports: readonly PublishedPort[];
  /** Inside the task: the network to the task does not matter. */
  readonly #linked: readonly PublishedPort[];

  /**
   * Publishes the ports that the container's program will listen on.
   * @param published those of the whole run
   * @param cut whether the network is cut already
   * @param onError called when another process has a port
   */
  constructor(
    published: PublishedPorts,
    bound: readonly BoundPort[],
    { address, linkAddress }: ContainerAddresses,
    cut: boolean,
    onError: (error: Error) => void,
  ) {
    this.#ports = bound.map(({ hostPort, listenPort }) => {
      const inside = { address, port: listenPort };
      return published.publish({ address, port: hostPort }, inside, cut, onError);
    });
    const links = linkAddress === undefined ? [] : bound;
    this.#linked = links.map(({ containerPort, listenPort }) => {
      const own = { address: linkAddress ?? address, port: containerPort };
      return published.publish(own, { address, port: listenPort }, false, onError);
    });
  }

  /** Resolves once all changes so far are done. */
  async settled(): Promise<void> {
    await Promise.all(this.#all.map((port) => port.settled()));
  }

  /** Cuts the network between them and all clients. */
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

  /** Others may listen on them from now on. Connections that are held stay so. */
  async free(): Promise<void> {
    await Promise.all(this.#ports.map((port) => port.free()));
  }

  /** Closes them and their connections, cut or not. */
  async discard(): Promise<void> {
    await Promise.all(this.#all.map((port) => port.discard()));
  }

  get #all(): readonly PublishedPort[] {
    return [...this.#ports, ...this.#linked];
  }
}
