import { settle } from "../base/settle.ts";
import type { Endpoint } from "./black-hole.ts";
import { PublishedPort } from "./published-port.ts";

const nameOf = ({ address, port }: Endpoint): string => `${address}:${port}`;

/**
 * The published ports of a run: the newest one of each endpoint. A reused port may still belong to a task that
 * ended behind a cut network. Then the new published port takes it over.
 */
export class PublishedPorts {
  readonly #ports = new Map<string, PublishedPort>();

  /** See {@link PublishedPort}'s constructor. */
  publish(
    endpoint: Endpoint,
    target: Endpoint,
    cut: boolean,
    onError: (error: Error) => void,
  ): PublishedPort {
    const name = nameOf(endpoint);
    const port = new PublishedPort(endpoint, target, cut, onError, this.#ports.get(name));
    this.#ports.set(name, port);
    return port;
  }

  /** Frees an endpoint for another listener; resolves when nothing listens on it. */
  async vacate(endpoint: Endpoint): Promise<void> {
    const name = nameOf(endpoint);
    const port = this.#ports.get(name);
    this.#ports.delete(name);
    await port?.free();
  }

  /** Closes all ports and their connections. */
  async close(): Promise<void> {
    await settle([...this.#ports.values()].map((port) => port.discard()));
  }
}
