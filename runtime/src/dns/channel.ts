import { type Socket, type SocketOptions, createSocket } from "node:dgram";
import { isIP, isIPv6 } from "node:net";
import type { DnsServer } from "./servers.ts";

/** What a query that uses a channel learns. */
export interface ChannelUser {
  /** From now on the channel can send. */
  readonly onReady: () => void;
  readonly onDatagram: (bytes: Buffer) => void;
  readonly onError: (error: Error) => void;
}

/**
 * A UDP socket that is connected to one server: the kernel drops what comes from another address or
 * port, and reports a closed port at once. The queries of one resolution share it: SRV, and then A
 * and AAAA. Sockets of their own for all of them took a tenth of a cold dial.
 */
export class Channel {
  readonly #socket: Socket;
  readonly #server: DnsServer;
  readonly #users = new Set<ChannelUser>();
  #state: "new" | "connecting" | "ready" | "closed" = "new";
  /** Why it could not be connected. It never will be: one that joins later would wait without success. */
  #failure: Error | undefined;

  constructor(server: DnsServer, { unref }: { unref: boolean }) {
    this.#server = server;
    const type = isIPv6(server.address) ? "udp6" : "udp4";
    this.#socket = createSocket({ type, lookup: itself });
    if (unref) this.#socket.unref();
    this.#socket.on("error", this.#onError);
    this.#socket.on("message", (bytes) => this.#users.forEach((user) => user.onDatagram(bytes)));
    this.#socket.on("connect", () => {
      if (this.#state !== "connecting") return;
      this.#state = "ready";
      this.#users.forEach((user) => user.onReady());
    });
  }

  get isClosed(): boolean {
    return this.#state === "closed";
  }

  join(user: ChannelUser): void {
    this.#users.add(user);
    if (this.#state === "ready") return user.onReady();
    if (this.#failure !== undefined) return user.onError(this.#failure);
    if (this.#state !== "new") return;
    this.#state = "connecting";
    this.#socket.connect(this.#server.port, this.#server.address);
  }

  /** Without users it closes, at the end of this turn of the event loop: another one may join. */
  leave(user: ChannelUser): void {
    this.#users.delete(user);
    if (this.#users.size === 0) setImmediate(() => this.#closeIfUnused());
  }

  send(bytes: Buffer): void {
    // That the port is closed, or that there is no route, may be told here alone.
    if (this.#state === "ready") this.#socket.send(bytes, this.#onError);
  }

  readonly #onError = (error: Error | null): void => {
    if (error === null) return;
    if (this.#state === "connecting") this.#failure = error;
    this.#users.forEach((user) => user.onError(error));
  };

  #closeIfUnused(): void {
    if (this.#users.size > 0 || this.isClosed) return;
    this.#state = "closed";
    this.#socket.close();
  }
}

/** The channels of one resolution: one for each server that is asked. */
export class Channels {
  readonly #channels = new Map<DnsServer, Channel>();

  to(server: DnsServer, options: { unref: boolean }): Channel {
    const open = this.#channels.get(server);
    if (open !== undefined && !open.isClosed) return open;
    const channel = new Channel(server, options);
    this.#channels.set(server, channel);
    return channel;
  }
}

/** Servers are given by address: this saves the lookup, and its turn of the event loop. */
const itself: NonNullable<SocketOptions["lookup"]> = (address, _options, callback) =>
  callback(null, address, isIP(address));
