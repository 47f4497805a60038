import { canListen, PROGRAM_PORTS } from "../programs/free-port.ts";
import { HarnessError } from "../base/errors.ts";

/** Returns whether a program could listen on a port now. */
export type PortProbe = (port: number, address: string) => Promise<boolean>;

/**
 * Ports for the programs behind published ports. Most programs listen on every address, so each port is used
 * once, and none is a host port.
 * @param start where in the range to start, 0 to 1; different for each run
 */
export const programPorts = (
  [first, last]: readonly [first: number, last: number],
  start: number,
): HostPorts =>
  new HostPorts("0.0.0.0", PROGRAM_PORTS, start, async (port) => {
    const isHostPort = port >= first && port <= last;
    // Without an address: every address, IPv4 and IPv6.
    return !isHostPort && (await canListen(port));
  });

/** Allocates the dynamic ports of a host, or the ports of programs. */
export class HostPorts {
  readonly #address: string;
  readonly #first: number;
  readonly #size: number;
  readonly #probe: PortProbe;
  readonly #taken = new Set<number>();
  #next: number;

  /** @param start where in the range to start, 0 to 1; different for each host */
  constructor(
    address: string,
    [first, last]: readonly [first: number, last: number],
    start: number,
    probe: PortProbe = canListen,
  ) {
    this.#address = address;
    this.#first = first;
    this.#size = last - first + 1;
    this.#next = Math.floor(start * this.#size) % this.#size;
    this.#probe = probe;
  }

  /** The next free port after the last allocated one, as in Docker: a port that was just freed is reused last. */
  async allocate(): Promise<number> {
    for (let tried = 0; tried < this.#size; tried += 1) {
      const port = this.#first + this.#next;
      this.#next = (this.#next + 1) % this.#size;
      if (this.#taken.has(port)) continue;
      // Taken before the await, so that two tasks that start at the same time get different ports.
      this.#taken.add(port);
      if (await this.#probe(port, this.#address)) return port;
      this.#taken.delete(port);
    }
    const range = `${this.#first}-${this.#first + this.#size - 1}`;
    throw new HarnessError("ERR_PLATFORM", `no free port in ${range} on ${this.#address}`);
  }

  /** Takes a fixed port; false if a task of this host uses it. */
  reserve(port: number): boolean {
    if (this.#taken.has(port)) return false;
    this.#taken.add(port);
    return true;
  }

  isTaken(port: number): boolean {
    return this.#taken.has(port);
  }

  release(port: number): void {
    this.#taken.delete(port);
  }
}
