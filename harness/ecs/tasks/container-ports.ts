import type { BoundPort } from "../machine/host.ts";
import type { PublishedPort } from "../machine/published-port.ts";
import type { PublishedPorts } from "../machine/published-ports.ts";

/** All published ports of a container. */
export class ContainerPorts {
  readonly #ports: readonly PublishedPort[];

  /**
   * Publishes the ports that the container's program will listen on.
   * @param published those of the whole run
   * @param address the address of programs and of published ports
   * @param cut whether the network is cut already
   * @param onError called when another process has a port
   */
  constructor(
    published: PublishedPorts,
    bound: readonly BoundPort[],
    address: string,
    cut: boolean,
    onError: (error: Error) => void,
  ) {
    this.#ports = bound.map(({ hostPort, listenPort }) => {
      const inside = { address, port: listenPort };
      return published.publish({ address, port: hostPort }, inside, cut, onError);
    });
  }

  /** Resolves once all changes so far are done. */
  async settled(): Promise<void> {
    await Promise.all(this.#ports.map((port) => port.settled()));
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
    for (const port of this.#ports) void port.close();
  }

  /** Closes them and their connections, cut or not. */
  async discard(): Promise<void> {
    await Promise.all(this.#ports.map((port) => port.discard()));
  }
}
