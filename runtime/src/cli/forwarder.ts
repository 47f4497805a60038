import type { Socket } from "node:net";
import { SrvDialError } from "../base/errors.ts";
import { Lifetime, aborted } from "../base/lifetime.ts";
import { reset } from "../base/reset.ts";
import type { Dialer } from "../dial/dialer.ts";

/** Keep-alive probes after 30 s of silence detect a peer that has vanished, such as a lost host. */
export const KEEP_ALIVE = { keepAlive: true, keepAliveInitialDelay: 30_000 };

/** Dials the service for each client, and connects the two sockets. */
export class Forwarder {
  readonly #dialer: Dialer;
  readonly #onFailure: (error: unknown) => void;
  readonly #clients = new Set<Socket>();

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

  /** Resets open connections and ends pending dials. @returns the number of clients */
  end(): number {
    const open = [...this.#clients].filter(({ destroyed }) => !destroyed);
    for (const client of open) reset(client);
    this.#dialer.close();
    return open.length;
  }
}

/**
 * Copies bytes in both directions until both have ended. When one direction ends, the other stays
 * open. A slow reader slows down its writer. If one side breaks, the other is reset.
 */
function relay(client: Socket, upstream: Socket): void {
  for (const socket of [client, upstream]) {
    // Otherwise Node would close its own side when the peer ends.
    socket.allowHalfOpen = true;
    // Ignored: `close` follows.
    socket.on("error", () => {});
  }
  pass(client, upstream);
  pass(upstream, client);
}

function pass(from: Socket, to: Socket): void {
  from.once("close", () => {
    const isComplete = from.readableEnded && from.writableFinished;
    if (!isComplete) reset(to);
  });
  if (from.destroyed) reset(to);
  else from.pipe(to);
}
