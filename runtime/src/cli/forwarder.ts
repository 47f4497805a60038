import type { Socket } from "node:net";
import { SrvDialError } from "../base/errors.ts";
import { Lifetime } from "../base/lifetime.ts";
import { reset } from "../base/reset.ts";
import { aborted } from "../dial/deadline.ts";
import type { Dialer } from "../dial/dialer.ts";
import { KEEP_ALIVE, relay } from "./relay.ts";

/** Dials for every client it is given, and joins the two connections. */
export class Forwarder {
  readonly #dialer: Dialer;
  readonly #onFailure: (error: unknown) => void;
  readonly #recheck: number | undefined;
  readonly #clients = new Set<Socket>();
  #onIdle: (() => void) | undefined;

  /**
   * @param onFailure is told why a client could not be served
   * @param recheck ms between two looks at the records of a silent connection; undefined: none
   */
  constructor(dialer: Dialer, onFailure: (error: unknown) => void, recheck?: number) {
    this.#dialer = dialer;
    this.#recheck = recheck;
    this.#onFailure = onFailure;
  }

  /** Resolves when the client is joined to the service, or turned away. */
  async serve(client: Socket): Promise<void> {
    const gone = new Lifetime();
    this.#clients.add(client);
    // Its close follows, and is what matters.
    client.on("error", () => {});
    client.once("close", () => {
      gone.end(aborted());
      this.#clients.delete(client);
      if (this.#clients.size === 0) this.#onIdle?.();
    });
    try {
      const { socket: upstream } = await this.#dialer.dial({ recheck: this.#recheck }, gone);
      // Where the service has gone. Other errors are the connection's own, and its close says enough.
      upstream.on("error", (error) => error instanceof SrvDialError && this.#onFailure(error));
      upstream.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE.keepAliveInitialDelay);
      relay(client, upstream);
    } catch (error) {
      if (!client.destroyed) this.#onFailure(error);
      reset(client);
    }
  }

  /** Resolves when no client is left, and after `patience` ms in any case. */
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

  /** Resets what is open and ends what is being dialed. @returns how many clients that were */
  end(): number {
    const open = [...this.#clients];
    for (const client of open) reset(client);
    this.#dialer.close();
    return open.length;
  }
}
