import type { Socket } from "node:net";
import { Present, mayBeDrawn } from "../answers/present.ts";
import type { Lifetime } from "../base/lifetime.ts";
import { targetKey } from "../base/name.ts";
import type { SrvTarget } from "../base/types.ts";
import type { Connection } from "../dial/attempt.ts";
import type { DialOptions, Dialer } from "../dial/dialer.ts";

/** An open connection, and where it leads. */
interface Open {
  readonly endpoint: string;
  readonly onLeft: () => void;
  /**
   * Its target was in the records. One that came from the second of two resolvers may not be in those
   * of the first yet: it has not left them.
   */
  wasListed: boolean;
}

/**
 * One SRV name as a pool of connections uses it: dials it, and tells of each open connection when its
 * target has left the records. They are watched as long as a connection is open.
 */
export class Service {
  readonly #dialer: Dialer;
  readonly #open = new Set<Open>();
  /** What the records name, as far as is known. */
  readonly #listed = new Present<true>();
  #isDrawn = false;
  #stopWatching: (() => void) | undefined;
  #isClosed = false;

  constructor(dialer: Dialer) {
    this.#dialer = dialer;
  }

  /** @param whenLeft says of a connection what to do once its target has left */
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
    // Who is missing in equal draws is missing in each of them.
    this.#stopWatching ??= this.#dialer.watch((targets) => this.#changed(targets), mayBeDrawn);
  }

  /** Of the answer that led there and what was read of the records, either may be older: they are read again. */
  #dialed(endpoint: string): void {
    this.#listed.add(endpoint, true);
    // Draws differ anyhow, and none is to count twice.
    if (this.#isDrawn) return;
    this.#stopWatching?.();
    this.#stopWatching = undefined;
  }

  #changed(targets: readonly SrvTarget[]): void {
    this.#isDrawn = mayBeDrawn(targets);
    this.#listed.update(new Map(targets.map((each) => [targetKey(each), true])), this.#isDrawn);
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
