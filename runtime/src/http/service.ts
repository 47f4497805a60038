import type { Socket } from "node:net";
import type { Lifetime } from "../base/lifetime.ts";
import { targetKey } from "../base/name.ts";
import type { SrvTarget } from "../base/types.ts";
import type { Connection } from "../dial/connection.ts";
import type { DialOptions, Dialer } from "../dialer/dialer.ts";

/** An open connection. */
interface Open {
  readonly endpoint: string;
  readonly onLeft: () => void;
  /** False at first for a target of the second of two resolvers: the first may name it later. */
  wasInRecords: boolean;
}

/** Dials one SRV name for a pool. While connections are open, watches the records and reports those that they drop. */
export class Service {
  readonly #dialer: Dialer;
  readonly #open = new Set<Open>();
  /** The endpoints in the last answer. */
  #endpoints: ReadonlySet<string> | undefined;
  #stopWatching: (() => void) | undefined;
  #isWatched: boolean;

  /** @param isWatched false: no connection is reported */
  constructor(dialer: Dialer, isWatched = true) {
    this.#dialer = dialer;
    this.#isWatched = isWatched;
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
    this.#follow(socket, { endpoint, onLeft: whenLeft(socket), wasInRecords: !isFallback });
    return connection;
  }

  close(): void {
    this.#isWatched = false;
    this.#dialer.close();
  }

  #follow(socket: Socket, open: Open): void {
    if (socket.destroyed) return;
    this.#open.add(open);
    socket.once("close", () => {
      this.#open.delete(open);
      if (this.#open.size === 0) this.#stop();
    });
    if (this.#endpoints?.has(open.endpoint) === true) open.wasInRecords = true;
    // The dial's answer is newer or older than the last one: read again.
    else if (this.#endpoints !== undefined && open.wasInRecords) this.#stop();
    if (this.#isWatched) this.#stopWatching ??= this.#dialer.watch((all) => this.#changed(all));
  }

  #changed(targets: readonly SrvTarget[]): void {
    this.#endpoints = new Set(targets.map(targetKey));
    for (const open of this.#open) {
      if (this.#endpoints.has(open.endpoint)) {
        open.wasInRecords = true;
      } else if (open.wasInRecords) {
        this.#open.delete(open);
        open.onLeft();
      }
    }
  }

  #stop(): void {
    this.#stopWatching?.();
    this.#stopWatching = undefined;
    this.#endpoints = undefined;
  }
}
