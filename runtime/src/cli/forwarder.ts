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
  readonly #recheck: number | undefined;
  readonly #clients = new Set<Socket>();

  /**
   * @param onFailure called with the reason when a client could not be served
   * @param recheck ms between two checks of the records for a silent connection; undefined: never
   */
  constructor(dialer: Dialer, onFailure: (error: unknown) => void, recheck?: number) {
    this.#dialer = dialer;
    this.#recheck = recheck;
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
    });
    try {
      const { socket: upstream } = await this.#dialer.dial({ recheck: this.#recheck }, gone);
      // Reports only ERR_SRV_MOVED: other errors belong to the connection, and `close` handles them.
      upstream.on("error", (error) => error instanceof SrvDialError && this.#onFailure(error));
      upstream.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE.keepAliveInitialDelay);
      relay(client, upstream);
    } catch (error) {
      if (!client.destroyed) this.#onFailure(error);
      reset(client);
    }
  }

  /** Resets open connections and ends pending dials. @returns the number of clients */
  end(): number {
    const open = [...this.#clients].filter(({ destroyed }) => !destroyed);
    for (const client of open) reset(client);
    this.#dialer.close();
    return open.length;
  }
}
