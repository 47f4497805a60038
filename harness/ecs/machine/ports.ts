import { createServer } from "node:net";
import { HarnessError } from "../base/errors.ts";

/** Tells whether a port can be listened on now. */
export type PortProbe = (port: number, address: string) => Promise<boolean>;

/**
 * Where the programs behind published ports listen on this machine: below the kernel's own dynamic
 * range, from which any client may be given a port at any time.
 */
const PROGRAM_PORTS = [10_240, 32_767] as const;

/**
 * Ports for programs, of which most listen on every address: no two of them get the same, and none
 * that hosts give away.
 * @param start where in the range to begin, 0 to 1: runs side by side differ
 */
export const programPorts = (
  [first, last]: readonly [first: number, last: number],
  start: number,
): HostPorts =>
  new HostPorts("0.0.0.0", PROGRAM_PORTS, start, async (port) => {
    const isHostPort = port >= first && port <= last;
    // No address: every one, IPv6 and IPv4 where there are both.
    return !isHostPort && (await canListen(port));
  });

/** Gives ports away: a host's dynamic ones, or those of programs. */
export class HostPorts {
  readonly #address: string;
  readonly #first: number;
  readonly #size: number;
  readonly #probe: PortProbe;
  readonly #taken = new Set<number>();
  #next: number;

  /** @param start where in the range to begin, 0 to 1: hosts that have run for a while differ */
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

  /**
   * The next free port after the one given last, around the range, as Docker allocates: a port that
   * was just freed comes last.
   */
  async allocate(): Promise<number> {
    for (let tried = 0; tried < this.#size; tried += 1) {
      const port = this.#first + this.#next;
      this.#next = (this.#next + 1) % this.#size;
      if (this.#taken.has(port)) continue;
      // Taken before anything is awaited: two tasks that start together get different ones.
      this.#taken.add(port);
      if (await this.#probe(port, this.#address)) return port;
      this.#taken.delete(port);
    }
    const range = `${this.#first}-${this.#first + this.#size - 1}`;
    throw new HarnessError("ERR_PLATFORM", `no free port in ${range} on ${this.#address}`);
  }

  /** Takes a fixed port; false when a task of this host has it. */
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

/** True when nobody listens on the port: not at that address, and not on every address. */
function canListen(port: number, address?: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen({ port, ...(address !== undefined && { host: address }), exclusive: true }, () =>
      server.close(() => resolve(true)),
    );
  });
}
