import { createTCPServer, createUDPServer, Packet } from "dns2";
import type { DnsHandler, Resource } from "dns2";
import { once } from "node:events";
import type { Socket } from "node:net";
import { HarnessError } from "../base/errors.ts";
import { messageOf } from "../base/message-of.ts";
import { applyDnsFault, type DnsFault } from "./dns-fault.ts";
import type { Forward, Transport } from "./dns-forward.ts";
import { RCODE, type DnsRecord, type DnsResponder, type RecordType } from "./dns-records.ts";

/** How many questions and records a query may have: one question, and records for EDNS and a signature. */
const MOST = 8;

/** Bytes of a query: what passes networks without fragments (https://www.dnsflagday.net/2020/). */
const LONGEST = 1232;

/**
 * dns2 reads as many records as a header claims, makes an error for each that is missing, and follows a chain of compression
 * pointers for each name: a datagram would take a second.
 */
const parse = Packet.parse.bind(Packet);
Packet.parse = (message) => {
  if (message.length > LONGEST) throw new RangeError(`a query has at most ${LONGEST} bytes`);
  const counts = [4, 6, 8, 10].map((at) => message.readUInt16BE(at));
  if (counts.reduce((sum, count) => sum + count, 0) > MOST) {
    throw new RangeError(`a query has at most ${MOST} questions and records`);
  }
  return parse(message);
};

/** The only port that programs use for a server in resolv.conf. */
export const DNS_PORT = 53;
const ATTEMPTS = 20;

/** A DNS server on loopback, UDP and TCP on one port. */
export interface RunningDnsServer {
  readonly host: string;
  readonly port: number;
  /** `HOST:PORT`. */
  readonly address: string;
  close(): Promise<void>;
}

export interface DnsServerOptions {
  /** Returns the current fault. @default none */
  readonly fault?: () => DnsFault | undefined;
  /** Answers for names that are in no zone. @default they are refused */
  readonly forward?: Forward;
  /** Listening address. @default "127.0.0.1" */
  readonly host?: string;
  /** Listening port. If it is not allowed or not free, any free port is used. @default 0 */
  readonly port?: number;
  /** Whether the server keeps no process alive. @default false */
  readonly unref?: boolean;
}

/** Starts a server with the answers of a responder. The caller closes it. */
export async function startDnsServer(
  respond: DnsResponder,
  options: DnsServerOptions = {},
): Promise<RunningDnsServer> {
  const { host = "127.0.0.1", port = 0, unref = false } = options;
  const handlers = (transport: Transport): DnsHandler => handlerOf(respond, transport, options);
  let lastError: unknown;
  for (const wanted of [port, ...Array.from({ length: ATTEMPTS }, () => 0)]) {
    try {
      return await listenOn(handlers, { host, port: wanted, unref });
    } catch (error) {
      lastError = error;
    }
  }
  const message = `cannot listen for DNS on ${host}: ${messageOf(lastError)}`;
  throw new HarnessError("ERR_PLATFORM", message, { cause: lastError });
}

/** @throws if the port is not available; a port that is free for UDP may be in use for TCP */
async function listenOn(
  handlers: (transport: Transport) => DnsHandler,
  { host, port: wanted, unref }: { host: string; port: number; unref: boolean },
): Promise<RunningDnsServer> {
  const udp = createUDPServer(handlers("udp"));
  const tcp = createTCPServer(handlers("tcp"));
  const sockets = new Set<Socket>();
  tcp.on("connection", (socket: Socket) => {
    sockets.add(unref ? socket.unref() : socket);
    socket.once("close", () => sockets.delete(socket));
  });
  try {
    await listening(udp, () => void udp.bind({ address: host, port: wanted, exclusive: true }));
    const { port } = udp.address();
    await listening(tcp, () => void tcp.listen({ host, port, exclusive: true }));
    const close = async (): Promise<void> => {
      const closed = Promise.all([once(udp, "close"), once(tcp, "close")]);
      udp.close();
      tcp.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    };
    if (unref) for (const server of [udp, tcp]) server.unref();
    return { host, port, address: `${host}:${port}`, close };
  } catch (error) {
    udp.close();
    throw error;
  }
}

async function listening(server: NodeJS.EventEmitter, listen: () => void): Promise<void> {
  const ready = once(server, "listening");
  listen();
  await ready;
}

function handlerOf(
  respond: DnsResponder,
  transport: Transport,
  { fault, forward }: DnsServerOptions,
): DnsHandler {
  return (request, send) => {
    const failing = fault?.();
    const reply = answer(request, respond);
    const sent = failing ? applyDnsFault(failing, transport, reply) : reply;
    if (!sent) return;
    // Ignore a client that has disconnected before its answer.
    const deliver = async (): Promise<void> => {
      const [question] = request.questions;
      const isElsewhere = sent === reply && reply.header.rcode === RCODE.REFUSED;
      if (!isElsewhere || !question || !forward) await send(sent);
      else await send(forwarded(reply, await forward(question, transport)));
    };
    const delivered = (): void => void deliver().catch(() => {});
    if (failing?.kind === "slow") setTimeout(delivered, failing.delay).unref();
    else delivered();
  };
}

/** RFC 1035 section 4.1.1: one question, a standard query, class IN. Everything else is refused. */
function answer(request: Packet, respond: DnsResponder): Packet {
  const response = Object.assign(new PlainPacket(), Packet.createResponseFromRequest(request));
  const [question, another] = request.questions;
  response.header.ra = 1;
  if (request.header.opcode !== 0) return failed(response, RCODE.NOTIMP);
  if (!question || another) return failed(response, RCODE.FORMERR);
  if (question.class !== Packet.CLASS.IN) return failed(response, RCODE.REFUSED);
  const { rcode, answers, authorities } = respond(question.name, typeName(question.type));
  response.header.rcode = rcode;
  response.answers = answers.map(resource);
  response.authorities = authorities.map(resource);
  return response;
}

/**
 * A message without compressed names. dns2 compresses the targets of SRV records too. RFC 2782 forbids that,
 * and some versions of Node.js refuse such answers (https://github.com/nodejs/node/issues/66173).
 */
class PlainPacket extends Packet {
  override toBuffer(): Buffer {
    // Without a map of name positions, the writer writes each name in full.
    const writer = Object.assign(new Packet.Writer(), { names: "none" });
    // @ts-expect-error The type declaration lacks the writer.
    return super.toBuffer(writer);
  }
}

/** The reply of another server, with the id of this request. */
function forwarded(own: Packet, reply: Buffer | undefined): Packet | Buffer {
  if (!reply) return failed(own, RCODE.SERVFAIL);
  reply.writeUInt16BE(own.header.id, 0);
  return reply;
}

function failed(response: Packet, rcode: number): Packet {
  response.header.rcode = rcode;
  return response;
}

const TYPES: Readonly<Record<RecordType | "ANY", number>> = {
  A: Packet.TYPE.A,
  NS: Packet.TYPE.NS,
  SOA: Packet.TYPE.SOA,
  SRV: Packet.TYPE.SRV,
  ANY: Packet.TYPE.ANY,
};

function typeName(type: number): Parameters<DnsResponder>[1] {
  if (type === TYPES.A) return "A";
  if (type === TYPES.SRV) return "SRV";
  if (type === TYPES.SOA) return "SOA";
  if (type === TYPES.NS) return "NS";
  return type === TYPES.ANY ? "ANY" : "OTHER";
}

function resource(record: DnsRecord): Resource {
  const options = { ...record, type: TYPES[record.type], class: Packet.CLASS.IN };
  return new Packet.Resource(options);
}
