import { createServer } from "node:net";
import { HarnessError } from "../errors.ts";

/** Tells whether a port can be listened on now. */
export type PortProbe = (port: number) => Promise<boolean>;

/** Gives a host's dynamic ports away. */
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
      if (await this.#probe(port)) return port;
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

/**
 * True when nobody on this machine listens on the port: most programs in containers listen on every
 * address, and would meet another host's program, or another run's.
 */
function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    // No host: every address, IPv6 and IPv4 where there are both.
    server.listen({ port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}
