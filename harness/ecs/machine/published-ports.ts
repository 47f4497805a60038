import { settle } from "../base/settle.ts";
import type { Endpoint } from "./black-hole.ts";
import { PublishedPort } from "./published-port.ts";

const nameOf = ({ address, port }: Endpoint): string => `${address}:${port}`;

/**
 * The published ports of a run, the last one at each endpoint. A port that is given again may still
 * belong to a task that has ended behind a cut network: it goes to who has it now.
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

  /** Somebody else is to listen there; resolves when nobody does. */
  async vacate(endpoint: Endpoint): Promise<void> {
    const name = nameOf(endpoint);
    const port = this.#ports.get(name);
    this.#ports.delete(name);
    const hole = await port?.giveUp();
    await hole?.close();
  }

  /** Nothing is left of them. */
  async close(): Promise<void> {
    await settle([...this.#ports.values()].map((port) => port.discard()));
  }
}
