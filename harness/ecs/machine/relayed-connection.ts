import type { Socket } from "node:net";

/** A connection between a client and a container's program, both of whose halves a relay holds. */
export class RelayedConnection {
  readonly #client: Socket;
  readonly #program: Socket;
  readonly #onEnd: () => void;
  #held = false;
  /** One half broke: what the other is to learn of once the network is back. */
  #broken = false;

  constructor(client: Socket, program: Socket, onEnd: () => void) {
    this.#client = client;
    this.#program = program;
    this.#onEnd = onEnd;
    for (const half of this.#halves) {
      half.setNoDelay();
      half.on("error", () => this.#break());
      half.on("close", () => this.#closed());
    }
    this.#join();
  }

  /** Nothing passes, and neither side learns of it. */
  hold(): void {
    this.#held = true;
    for (const half of this.#halves) half.unpipe().pause();
  }

  /** What was on its way passes. */
  resume(): void {
    this.#held = false;
    if (this.#broken) this.destroy();
    else this.#join();
  }

  destroy(): void {
    for (const half of this.#halves) half.resetAndDestroy();
  }

  get #halves(): readonly Socket[] {
    return [this.#client, this.#program];
  }

  /** The end of one direction ends it on the other side: connections may be half open. */
  #join(): void {
    this.#client.pipe(this.#program);
    this.#program.pipe(this.#client);
  }

  #break(): void {
    this.#broken = true;
    if (!this.#held) this.destroy();
  }

  #closed(): void {
    if (this.#halves.every(({ closed }) => closed)) this.#onEnd();
  }
}
