import type { Socket } from "node:net";

/** A connection between a client and a container's program, with the relay in between. */
export class RelayedConnection {
  readonly #client: Socket;
  readonly #program: Socket;
  readonly #onEnd: () => void;
  #held = false;
  #destroyed = false;
  /** Whether one side broke during a cut. The other side notices when the cut ends. */
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

  /** Pauses all data. Neither side notices. */
  hold(): void {
    this.#held = true;
    for (const half of this.#halves) half.unpipe().pause();
  }

  /** Resumes the data flow. */
  resume(): void {
    this.#held = false;
    if (this.#broken) this.destroy();
    else this.#join();
  }

  /**
   * Resets both sides. A side whose end is already being sent is only closed: libuv does not reset a socket
   * that is shutting down, and Node.js would then leave it open.
   */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    for (const half of this.#halves) {
      if (half.writableEnded) half.destroy();
      else half.resetAndDestroy();
    }
  }

  get #halves(): readonly Socket[] {
    return [this.#client, this.#program];
  }

  /** Each direction ends separately, because connections may be half open. */
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
