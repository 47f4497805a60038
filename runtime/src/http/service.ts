import type { Socket } from "node:net";
import { Present, mayBeDrawn } from "../answers/present.ts";
import type { Lifetime } from "../base/lifetime.ts";
import { targetKey } from "../base/name.ts";
import type { SrvTarget } from "../base/types.ts";
import type { Connection } from "../dial/attempt.ts";
import type { DialOptions, Dialer } from "../dial/dialer.ts";

/** An open connection and its endpoint. */
interface Open {
  readonly endpoint: string;
  readonly onLeft: () => void;
  /**
   * True once its target was seen in the records. A target from the second of two resolvers may not be in
   * the records of the first yet; that does not mean that it was removed.
   */
  wasListed: boolean;
}

/**
 * One SRV name for a pool of connections: dials it, and reports each open connection whose target is no
 * longer in the records. The records are watched as long as a connection is open.
 */
export class Service {
  readonly #dialer: Dialer;
  readonly #open = new Set<Open>();
  /** The endpoints in the records, as far as is known. */
  readonly #listed = new Present();
  #isDrawn = false;
  #stopWatching: (() => void) | undefined;
  #isClosed = false;

  constructor(dialer: Dialer) {
    this.#dialer = dialer;
  }

  /** @param whenLeft gives the function to call when the connection's target is no longer in the records */
  async dial(
    options: DialOptions,
    whenLeft: (socket: Socket) => () => void,
    caller?: Lifetime,
  ): Promise<Connection> {
    const connection = await this.#dialer.dial(options, caller);
    const { socket, isFallback = false } = connection;
    const endpoint = targetKey(connection);
    const onLeft = whenLeft(socket);
    this.#follow(socket, { endpoint, onLeft, wasListed: !isFallback });
    return connection;
  }

  /** Ends pending dials with ERR_SRV_CLOSED. Open connections stay open. */
  close(): void {
    this.#isClosed = true;
    this.#dialer.close();
  }

  #follow(socket: Socket, open: Open): void {
    if (socket.destroyed || this.#isClosed) return;
    this.#open.add(open);
    socket.once("close", () => {
      this.#open.delete(open);
      if (this.#open.size === 0) this.#stop();
    });
    if (this.#listed.has(open.endpoint)) open.wasListed = true;
    else if (open.wasListed) this.#dialed(open.endpoint);
    // Random draws are reported even if two are equal, as each one counts as a miss for missing targets.
    this.#stopWatching ??= this.#dialer.watch((targets) => this.#changed(targets));
  }

  /** Reads the records again, as the dial's answer may be newer or older than the last read. */
  #dialed(endpoint: string): void {
    this.#listed.add(endpoint);
    // Not for random draws: they differ anyway, and none may count twice.
    if (this.#isDrawn) return;
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  #changed(targets: readonly SrvTarget[]): void {
    this.#isDrawn = mayBeDrawn(targets);
    this.#listed.update(targets.map(targetKey), this.#isDrawn);
    for (const open of this.#open) this.#judge(open);
  }

  #judge(open: Open): void {
    if (this.#listed.has(open.endpoint)) {
      open.wasListed = true;
    } else if (open.wasListed) {
      this.#open.delete(open);
      open.onLeft();
    }
  }

  #stop(): void {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    this.#listed.clear();
    this.#isDrawn = false;
  }
}
