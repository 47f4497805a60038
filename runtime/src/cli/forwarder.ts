import type { Socket } from "node:net";
import { SrvDialError } from "../base/errors.ts";
import { Lifetime } from "../base/lifetime.ts";
import { reset } from "../base/reset.ts";
import { aborted } from "../dial/deadline.ts";
import type { Dialer } from "../dial/dialer.ts";
import { KEEP_ALIVE, relay } from "./relay.ts";

/** Dials the service for each client, and connects the two sockets. */
export class Forwarder {
  readonly #dialer: Dialer;
  readonly #onFailure: (error: unknown) => void;
  readonly #clients = new Set<Socket>();
  #onIdle: (() => void) | undefined;

  /**
   * @param onFailure called with the reason when a client could not be served
   */
  constructor(dialer: Dialer, onFailure: (error: unknown) => void) {
    this.#dialer = dialer;
    this.#onFailure = onFailure;
  }

  /** Resolves when the client is connected to the service, or was refused. */
  async serve(client: Socket): Promise<void> {
    const gone = new Lifetime();
    this.#clients.add(client);
    // Ignored: `close` follows.
    client.on("error", () => {});
    client.once("close", () => {
      gone.end(aborted());
      this.#clients.delete(client);
      if (this.#clients.size === 0) this.#onIdle?.();
    });
    try {
      const { socket: upstream } = await this.#dialer.dial({}, gone);
      // Reports only ERR_SRV_MOVED: other errors belong to the connection, and `close` handles them.
      upstream.on("error", (error) => error instanceof SrvDialError && this.#onFailure(error));
      upstream.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE.keepAliveInitialDelay);
      relay(client, upstream);
    } catch (error) {
      if (!client.destroyed) this.#onFailure(error);
      reset(client);
    }
  }

  /** Resolves when no client is left, or after `patience` ms. */
  async idle(patience: number): Promise<undefined> {
    if (this.#clients.size === 0) return undefined;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, patience);
      this.#onIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    return undefined;
  }

  /** Resets open connections and ends pending dials. @returns the number of clients */
  end(): number {
    const open = [...this.#clients];
    for (const client of open) reset(client);
    this.#dialer.close();
    return open.length;
  }
}
