import { type Socket, type SocketOptions, createSocket } from "node:dgram";
import { isIP, isIPv6 } from "node:net";
import type { DnsServer } from "./servers.ts";

/** Callbacks of a query that uses a channel. */
export interface ChannelUser {
  /** Called when the channel can send. */
  readonly onReady: () => void;
  readonly onDatagram: (bytes: Buffer) => void;
  readonly onError: (error: Error) => void;
}

/**
 * A UDP socket that is connected to one server: the kernel drops packets from other addresses and
 * ports, and reports a closed port immediately. All queries of one resolution share it: SRV, then A
 * and AAAA. Separate sockets took a tenth of the time of a cold dial.
 */
export class Channel {
  readonly #socket: Socket;
  readonly #server: DnsServer;
  readonly #users = new Set<ChannelUser>();
  #state: "new" | "connecting" | "ready" | "closed" = "new";
  /** Why the socket could not be connected. It stays unconnected, so later users get this error too. */
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

  /** Without users the socket closes, but only after this turn of the event loop, as another user may join. */
  leave(user: ChannelUser): void {
    this.#users.delete(user);
    if (this.#users.size === 0) setImmediate(() => this.#closeIfUnused());
  }

  send(bytes: Buffer): void {
    // A closed port or a missing route may be reported only to this callback.
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

/** The channels of one resolution: one per server. */
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

/** Servers are given by IP address: this saves a lookup and a turn of the event loop. */
const itself: NonNullable<SocketOptions["lookup"]> = (address, _options, callback) =>
  callback(null, address, isIP(address));
