import { type Socket, connect } from "node:net";
import type { Channel, ChannelUser, Channels } from "./channel.ts";
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

export interface ExchangeOptions {
  /** The channels of the resolution that this exchange belongs to. */
  readonly channels: Channels;
  readonly unref: boolean;
  /** Called once with the answer (NOERROR or NXDOMAIN), or with the reason why this server gives none. */
  readonly settle: (outcome: Reply | Error) => void;
}

/**
 * One question to one server: over UDP, over TCP if the answer was truncated, and without EDNS if the
 * server does not support it. It has its own query id, and waits for a reply until it is closed.
 */
export class Exchange {
  readonly #question: Question;
  readonly #server: DnsServer;
  readonly #options: ExchangeOptions;
  #query: Query;
  readonly #user: ChannelUser = {
    onReady: () => this.send(),
    onDatagram: (bytes) => this.#onDatagram(bytes),
    onError: (error) => this.#fail(error.message, error),
  };
  #udp: Channel | undefined;
  #tcp: Socket | undefined;
  #isClosed = false;

  /** @throws if the name does not fit into a DNS message */
  constructor(question: Question, server: DnsServer, options: ExchangeOptions) {
    this.#question = question;
    this.#server = server;
    this.#options = options;
    this.#query = buildQuery(question, { edns: true });
  }

  get isOverTcp(): boolean {
    return this.#tcp !== undefined;
  }

  /**
   * Sends the query, or repeats the same datagram: a late reply to the earlier one then counts too, and
   * an attacker can only guess one id (RFC 5452, section 5).
   */
  send(): void {
    if (this.#udp === undefined) {
      const { channels, unref } = this.#options;
      this.#udp = channels.to(this.#server, { unref });
      this.#udp.join(this.#user);
    } else if (this.#tcp === undefined) {
      // Over TCP, lost data is repeated by TCP itself.
      this.#udp.send(this.#query.bytes);
    }
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#udp?.leave(this.#user);
    this.#tcp?.destroy();
  }

  #onDatagram(bytes: Buffer): void {
    const reply = parseReply(bytes, this.#query);
    if (reply === "truncated") this.#tcp ??= this.#openTcp();
    else if (reply !== undefined) this.#onReply(reply);
  }

  #openTcp(): Socket {
    const { address, port } = this.#server;
    const socket = connect({ host: address, port, noDelay: true });
    if (this.#options.unref) socket.unref();
    let received = Buffer.alloc(0);
    socket.on("error", (error) => this.#fail(error.message, error));
    socket.on("end", () => this.#fail("closed without an answer"));
    socket.on("data", (chunk) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
      const message = readMessage(received);
      if (message === undefined) return;
      const reply = parseReply(message, this.#query);
      if (reply === undefined) this.#fail("malformed answer over TCP");
      else if (reply === "truncated") this.#fail("truncated even over TCP");
      else this.#onReply(reply);
    });
    socket.write(frame(this.#query.bytes));
    return socket;
  }

  #onReply(reply: Reply): void {
    if (this.#query.edns && KNOWS_NO_EDNS.includes(reply.rcode)) return this.#askWithoutEdns();
    const isAnswer = reply.rcode === Rcode.NOERROR || reply.rcode === Rcode.NXDOMAIN;
    if (isAnswer && !isReferral(reply)) return this.#settle(reply);
    const what = isAnswer ? "refers to other servers" : rcodeName(reply.rcode);
    this.#settle(new ErrorReply(`${formatServer(this.#server)}: ${what}`));
  }

  /** Asks again, as a new query with its own id. */
  #askWithoutEdns(): void {
    this.#tcp?.destroy();
    this.#tcp = undefined;
    this.#query = buildQuery(this.#question, { edns: false });
    this.send();
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

/** Over TCP, a message starts with its length in two bytes (RFC 1035, section 4.2.2). */
function frame(bytes: Buffer): Buffer {
  const framed = Buffer.alloc(bytes.length + 2);
  framed.writeUInt16BE(bytes.length, 0);
  bytes.copy(framed, 2);
  return framed;
}

function readMessage(received: Buffer): Buffer | undefined {
  if (received.length < 2) return undefined;
  const end = received.readUInt16BE(0) + 2;
  return received.length < end ? undefined : received.subarray(2, end);
}
