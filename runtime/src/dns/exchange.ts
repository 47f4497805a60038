import { type Socket as UdpSocket, createSocket } from "node:dgram";
import { type Socket as TcpSocket, connect, isIPv6 } from "node:net";
import {
  type Query,
  type Question,
  Rcode,
  type Reply,
  buildQuery,
  parseReply,
  rcodeName,
} from "./message.ts";
import { isReferral } from "./records.ts";
import { type DnsServer, formatServer } from "./servers.ts";

/** The server replied, but with an error: it works, but cannot answer this question. */
export class ErrorReply extends Error {}

/** The reply codes of old servers that do not support EDNS (RFC 6891, section 7). */
const KNOWS_NO_EDNS: readonly number[] = [Rcode.FORMERR, Rcode.NOTIMP, Rcode.BADVERS];

/** One question to one server. */
export type Asking = Pick<Exchange, "send" | "close" | "isOverTcp">;

export interface ExchangeOptions {
  readonly unref: boolean;
  /** Called once with the answer (NOERROR or NXDOMAIN), or with the reason why this server gives none. */
  readonly settle: (outcome: Reply | Error) => void;
}

export type Ask = (question: Question, server: DnsServer, options: ExchangeOptions) => Asking;

/**
 * One question to one server: over UDP, over TCP if the answer was truncated, and without EDNS if the
 * server does not support it. It has its own query id, and waits for a reply until it is closed.
 */
export class Exchange {
  readonly #server: DnsServer;
  readonly #options: ExchangeOptions;
  #query: Query;
  #udp: UdpSocket | undefined;
  #isConnected = false;
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

  /**
   * Sends the query, or repeats the same datagram: a late reply to the earlier one then counts too, and
   * an attacker can only guess one id (RFC 5452, section 5).
   */
  send(): void {
    if (this.#udp === undefined) this.#udp = this.#openUdp();
    // Over TCP, lost data is repeated by TCP itself.
    else if (this.#tcp === undefined && this.#isConnected) {
      // A closed port or a missing route may be reported only to this callback.
      this.#udp.send(this.#query.bytes, (error) => error && this.#onError(error));
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#udp?.close();
    this.#tcp?.destroy();
  }

  /** The kernel drops packets from others to a connected socket, and reports a closed port immediately. */
  #openUdp(): UdpSocket {
    const { address, port } = this.#server;
    const socket = createSocket(isIPv6(address) ? "udp6" : "udp4")
      .on("error", (error) => this.#onError(error))
      .on("message", (bytes) => this.#onDatagram(bytes))
      .on("connect", () => {
        this.#isConnected = true;
        if (!this.#isClosed) this.send();
      });
    if (this.#options.unref) socket.unref();
    socket.connect(port, address);
    return socket;
  }

  #onDatagram(bytes: Buffer): void {
    const reply = parseReply(bytes, this.#query);
    if (reply === "truncated") this.#tcp ??= this.#openTcp();
    else if (reply !== undefined) this.#onReply(reply);
  }

  #onError(error: Error): void {
    this.#fail(error.message, error);
  }

  #openTcp(): TcpSocket {
    const { address: host, port } = this.#server;
    const { bytes } = this.#query;
    let received = Buffer.alloc(0);
    const socket = connect({ host, port, noDelay: true })
      .on("error", (error) => this.#onError(error))
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
    if (reply === undefined) this.#fail("malformed answer over TCP");
    else if (reply === "truncated") this.#fail("truncated even over TCP");
    else this.#onReply(reply);
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
    this.#settle(new Error(`${formatServer(this.#server)}: ${message}`, { cause }));
  }

  #settle(outcome: Reply | Error): void {
    // A socket that is closed may still report an error.
    if (this.#isClosed) return;
    this.close();
    this.#options.settle(outcome);
  }
}
