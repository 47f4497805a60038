import { settle } from "../base/settle.ts";
import type { Endpoint } from "./black-hole.ts";
import { PublishedPort } from "./published-port.ts";

const nameOf = ({ address, port }: Endpoint): string => `${address}:${port}`;

/**
 * The published ports of a run, the last one at each endpoint. A port that is reused may still belong to
 * a task that ended behind a cut network. Then the new one takes it over.
 */
export class PublishedPorts {
  readonly #ports = new Map<string, PublishedPort>();

  /** See {@link PublishedPort}'s constructor. */
  publish(
    outside: Endpoint,
    inside: Endpoint,
    cut: boolean,
    onError: (error: Error) => void,
  ): PublishedPort {
    const name = nameOf(outside);
    const port = new PublishedPort(outside, inside, cut, onError, this.#ports.get(name));
    this.#ports.set(name, port);
    return port;
  }

  /** Frees an endpoint for another listener; resolves when no one listens there. */
  async vacate(endpoint: Endpoint): Promise<void> {
    const name = nameOf(endpoint);
    const port = this.#ports.get(name);
    this.#ports.delete(name);
    await port?.free();
  }

  /** Closes them all, and their connections. */
  async close(): Promise<void> {
    await settle([...this.#ports.values()].map((port) => port.discard()));
  }
}
