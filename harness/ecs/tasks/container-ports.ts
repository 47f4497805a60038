import type { BoundPort } from "../machine/host.ts";
import type { PublishedPort } from "../machine/published-port.ts";
import type { PublishedPorts } from "../machine/published-ports.ts";

/** A container's published ports together. */
export class ContainerPorts {
  readonly #ports: readonly PublishedPort[];

  /**
   * Publishes what the container's program will listen on.
   * @param published those of the whole run
   * @param address where programs listen, and where they are reached
   * @param cut whether the network is cut already
   * @param onError told when somebody else has a port
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

  /** Resolves when clients find them as they are to be: refused, or silent behind a cut network. */
  async settled(): Promise<void> {
    await Promise.all(this.#ports.map((port) => port.settled()));
  }

  /** Cuts the network between them and everybody else. */
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

  /** Frees them, cut or not. */
  async discard(): Promise<void> {
    await Promise.all(this.#ports.map((port) => port.discard()));
  }
}
