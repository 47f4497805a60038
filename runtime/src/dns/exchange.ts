import { type Socket, type SocketOptions, createSocket } from "node:dgram";
import { type Socket as TcpSocket, connect, isIP, isIPv6 } from "node:net";
import type { Query, Question, Reply } from "./message.ts";
import { Rcode, buildQuery, isReferral, parseReply, rcodeName } from "./message.ts";
import { type DnsServer, formatServer } from "./servers.ts";

/** Why a server gave no answer. */
export class ServerError extends Error {}

/** The server replied, but with an error: it works, but cannot answer this question. */
export class ErrorReply extends ServerError {}

/** The reply codes of old servers that do not support EDNS (RFC 6891, section 7). */
const KNOWS_NO_EDNS: readonly number[] = [Rcode.FORMERR, Rcode.NOTIMP, Rcode.BADVERS];

export type Asking = Pick<Exchange, "send" | "close" | "isOverTcp">;

export interface ExchangeOptions {
  readonly channels: Channels;
  readonly unref: boolean;
  /** Called once with the answer (NOERROR or NXDOMAIN), or why there is none. */
  readonly settle: (outcome: Reply | Error) => void;
}

export type Ask = (question: Question, server: DnsServer, options: ExchangeOptions) => Asking;

/** What uses a channel: `send` is called when the channel can send. */
export type ChannelUser = Pick<Exchange, "send" | "onDatagram" | "onError">;

/**
 * A UDP socket that is connected to one server: the kernel drops packets from others, and reports a closed port at once.
 * All queries of one resolution share it, as sockets cost most of its time.
 */
export class Channel {
  readonly #socket: Socket;
  readonly #users = new Set<ChannelUser>();
  readonly #forget: () => unknown;
  #state: "connecting" | "ready" | "closed" = "connecting";

  constructor(server: DnsServer, channels: Channels, unref: boolean) {
    channels.set(server, this);
    this.#forget = () => channels.get(server) === this && channels.delete(server);
    this.#socket = createSocket({ type: isIPv6(server.address) ? "udp6" : "udp4", lookup: itself })
      .on("error", this.#onError)
      .on("message", (bytes) => this.#users.forEach((user) => user.onDatagram(bytes)))
      .on("connect", () => {
        if (this.#state === "connecting") this.#state = "ready";
        this.#users.forEach((user) => user.send());
      });
    if (unref) this.#socket.unref();
    this.#socket.connect(server.port, server.address);
  }

  join(user: ChannelUser): void {
    this.#users.add(user);
    if (this.#state === "ready") user.send();
  }

  /** Without users the socket closes, but only after this turn of the event loop, as another user may join. */
  leave(user: ChannelUser): void {
    this.#users.delete(user);
    if (this.#users.size === 0) setImmediate(this.#closeIfUnused);
  }

  send(bytes: Buffer): void {
    // A closed port or a missing route may be reported only to this callback.
    if (this.#state === "ready") this.#socket.send(bytes, this.#onError);
  }

  readonly #onError = (error: Error | null): void => {
    if (error === null) return;
    // It stays unconnected: later users need another one.
    if (this.#state === "connecting") this.#forget();
    this.#users.forEach((user) => user.onError(error));
  };

  readonly #closeIfUnused = (): void => {
    if (this.#users.size > 0 || this.#state === "closed") return;
    this.#state = "closed";
    this.#forget();
    this.#socket.close();
  };
}

/** The open channels of one resolution. */
export type Channels = Map<DnsServer, Channel>;

/** Servers are given by IP address: this saves a lookup and a turn of the event loop. */
const itself: SocketOptions["lookup"] = (address, _, callback) =>
  callback(null, address, isIP(address));

/** One question to one server, until it is closed: over UDP, over TCP after truncation, without EDNS if need be. */
export class Exchange {
  readonly #server: DnsServer;
  readonly #options: ExchangeOptions;
  #query: Query;
  #udp: Channel | undefined;
  #tcp: TcpSocket | undefined;
  #isClosed = false;

  /** @throws if the name does not fit into a DNS message */
  constructor(question: Question, server: DnsServer, options: ExchangeOptions) {
    this.#server = server;
    this.#options = options;
    this.#query = buildQuery(question, { edns: true });
  }

  /** True if the reply over UDP was truncated and the question is repeated over TCP. */
  get isOverTcp(): boolean {
    return this.#tcp !== undefined;
  }

  /** Sends the query, or repeats the datagram: a late reply counts too, and there is one id to guess (RFC 5452, section 5). */
  send(): void {
    if (this.#udp === undefined) {
      const { channels, unref } = this.#options;
      this.#udp = channels.get(this.#server) ?? new Channel(this.#server, channels, unref);
      this.#udp.join(this);
      // Over TCP, lost data is repeated by TCP itself.
    } else if (this.#tcp === undefined) this.#udp.send(this.#query.bytes);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#udp?.leave(this);
    this.#tcp?.destroy();
  }

  onDatagram(bytes: Buffer): void {
    const reply = parseReply(bytes, this.#query);
    if (reply === "truncated") this.#tcp ??= this.#openTcp();
    else if (reply === "malformed") this.#fail("malformed answer");
    else if (reply !== undefined) this.#onReply(reply);
  }

  readonly onError = (error: Error): void => this.#fail(error.message, error);

  #openTcp(): TcpSocket {
    const { address: host, port } = this.#server;
    const { bytes } = this.#query;
    let received = Buffer.alloc(0);
    const socket = connect({ host, port, noDelay: true })
      .on("error", this.onError)
      .on("end", () => this.#fail("closed without an answer"))
      .on("data", (chunk) => {
        received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
        // A message starts with its length in two bytes (RFC 1035, section 4.2.2).
        const end = received.length < 2 ? Infinity : received.readUInt16BE(0) + 2;
        if (received.length >= end) this.#onTcpMessage(received.subarray(2, end));
      });
    if (this.#options.unref) socket.unref();
    socket.write(Buffer.concat([Buffer.of(bytes.length >>> 8, bytes.length & 0xff), bytes]));
    return socket;
  }

  #onTcpMessage(bytes: Buffer): void {
    const reply = parseReply(bytes, this.#query);
    if (typeof reply === "object") this.#onReply(reply);
    else this.#fail(`${reply === "truncated" ? "truncated even" : "malformed answer"} over TCP`);
  }

  #onReply(reply: Reply): void {
    const { rcode } = reply;
    if (this.#query.edns && KNOWS_NO_EDNS.includes(rcode)) {
      // Ask again, as a new query with its own id.
      this.#tcp?.destroy();
      this.#tcp = undefined;
      this.#query = buildQuery(this.#query.question, { edns: false });
      return this.send();
    }
    const isAnswer = rcode === Rcode.NOERROR || rcode === Rcode.NXDOMAIN;
    if (isAnswer && !isReferral(reply)) return this.#settle(reply);
    const what = isAnswer ? "refers to other servers" : rcodeName(rcode);
    this.#settle(new ErrorReply(`${formatServer(this.#server)}: ${what}`));
  }

  #fail(message: string, cause?: Error): void {
    this.#settle(new ServerError(`${formatServer(this.#server)}: ${message}`, cause && { cause }));
  }

  #settle(outcome: Reply | Error): void {
    // A socket that is closed may still report an error.
    if (this.#isClosed) return;
    this.close();
    this.#options.settle(outcome);
  }
}
