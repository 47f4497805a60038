import { createTCPServer, createUDPServer, Packet } from "dns2";
import type { DnsHandler, Resource } from "dns2";
import { once } from "node:events";
import type { Socket } from "node:net";
import { HarnessError, messageOf } from "../base/errors.ts";
import { spoil, type DnsFault } from "./dns-fault.ts";
import { RCODE, type DnsRecord, type DnsResponder, type RecordType } from "./dns-records.ts";

const ADDRESS = "127.0.0.1";
const ATTEMPTS = 20;

/** A DNS server on loopback, UDP and TCP on one port. */
export interface RunningDnsServer {
  /** `127.0.0.1:PORT`. */
  readonly address: string;
  close(): Promise<void>;
}

/**
 * Serves a responder's answers; the caller closes it.
 * @param fault the fault that it has now
 */
export async function startDnsServer(
  respond: DnsResponder,
  fault: () => DnsFault | undefined = () => undefined,
): Promise<RunningDnsServer> {
  const handler =
    (transport: "udp" | "tcp"): DnsHandler =>
    (request, send) => {
      const failing = fault();
      const reply = answer(request, respond);
      const sent = failing ? spoil(failing, transport, reply) : reply;
      if (!sent) return;
      // A client that has gone before its answer is not an error of the server.
      const deliver = (): void => void Promise.resolve(send(sent)).catch(() => {});
      if (failing?.kind === "slow") setTimeout(deliver, failing.delay).unref();
      else deliver();
    };
  let lastError: unknown;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const udp = createUDPServer(handler("udp"));
    await listening(udp, () => void udp.bind({ address: ADDRESS, port: 0, exclusive: true }));
    const { port } = udp.address();
    const tcp = createTCPServer(handler("tcp"));
    const sockets = new Set<Socket>();
    tcp.on("connection", (socket: Socket) => {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
    });
    try {
      await listening(tcp, () => void tcp.listen({ host: ADDRESS, port, exclusive: true }));
    } catch (error) {
      // The port is taken for TCP: try another one that is free for UDP.
      lastError = error;
      udp.close();
      continue;
    }
    const close = async (): Promise<void> => {
      const closed = Promise.all([once(udp, "close"), once(tcp, "close")]);
      udp.close();
      tcp.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    };
    return { address: `${ADDRESS}:${port}`, close };
  }
  const message = `no port for DNS on ${ADDRESS}: ${messageOf(lastError)}`;
  throw new HarnessError("ERR_PLATFORM", message, { cause: lastError });
}

async function listening(server: NodeJS.EventEmitter, listen: () => void): Promise<void> {
  const ready = once(server, "listening");
  listen();
  await ready;
}

/** RFC 1035 section 4.1.1: one question, a standard query, class IN; anything else is refused. */
function answer(request: Packet, respond: DnsResponder): Packet {
  const response = Packet.createResponseFromRequest(request);
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
