import { createSocket } from "node:dgram";
import { on, once } from "node:events";
import { connect, isIP, isIPv6 } from "node:net";
import { Packet } from "dns2";
import { RCODE } from "./dns-records.ts";

/** The types of dns2 for CommonJS do not export it by its name. */
type Question = Packet["questions"][number];

export type Transport = "udp" | "tcp";

/** Queries other servers; undefined if none has replied. The reply has its own id. */
export type Forward = (question: Question, transport: Transport) => Promise<Buffer | undefined>;

/** Milliseconds for each server. Programs wait 5 s, enough for two servers. */
const TIMEOUT = 2000;

/** After these response codes a resolver tries its next server. */
const FAILURES: ReadonlySet<number> = new Set([RCODE.SERVFAIL, RCODE.NOTIMP, RCODE.REFUSED]);

/**
 * Queries servers in order until one does not fail. Returns its reply unchanged, of any type. A reply that is
 * truncated over UDP stays so, because the client then queries over TCP.
 * @param servers returns `ip` or `ip:port`; called for each question, because a machine may change its network
 */
export function forwardTo(servers: () => readonly string[], timeout = TIMEOUT): Forward {
  return async (question, transport) => {
    let failure: Buffer | undefined;
    for (const server of servers()) {
      const signal = AbortSignal.timeout(timeout);
      const asked = ask[transport](endpointOf(server), queryFor(question), signal);
      const reply = await asked.catch(() => undefined);
      if (reply && !FAILURES.has(rcodeOf(reply))) return reply;
      failure ??= reply;
    }
    return failure;
  };
}

interface Endpoint {
  readonly host: string;
  readonly port: number;
}

function endpointOf(server: string): Endpoint {
  if (isIP(server)) return { host: server, port: 53 };
  const colon = server.lastIndexOf(":");
  const host = server.slice(0, colon).replaceAll(/[[\]]/g, "");
  return { host, port: Number(server.slice(colon + 1)) };
}

/** A query without EDNS, because client options are not supported. */
function queryFor({ name, type, class: classOf }: Question): Buffer {
  const packet = new Packet(new Packet.Header({ id: Packet.uuid(), rd: 1 }));
  packet.questions = [new Packet.Question(name, type, classOf)];
  return packet.toBuffer();
}

const rcodeOf = (reply: Buffer): number => reply.readUInt8(3) & 0x0f;

const isCutOff = (reply: Buffer): boolean => (reply.readUInt8(2) & 0x02) !== 0;

const HEADER_BYTES = 12;

/** Whether a message is the reply to a query: not a query, with the same id and question. */
function answers(reply: Buffer, query: Buffer): boolean {
  if (reply.length < HEADER_BYTES || reply.readUInt16BE(0) !== query.readUInt16BE(0)) return false;
  if ((reply.readUInt8(2) & 0x80) === 0) return false;
  // A reply without a question is accepted only if it is an error or truncated.
  if (reply.readUInt16BE(4) === 0) return rcodeOf(reply) !== RCODE.NOERROR || isCutOff(reply);
  const [asked, answered] = [query, reply].map((message) =>
    message.toString("latin1", HEADER_BYTES, query.length).toLowerCase(),
  );
  return asked === answered;
}

const ask: Readonly<
  Record<Transport, (server: Endpoint, query: Buffer, signal: AbortSignal) => Promise<Buffer>>
> = {
  async udp({ host, port }, query, signal) {
    const socket = createSocket(isIPv6(host) ? "udp6" : "udp4").unref();
    try {
      // With `connect` the kernel drops datagrams from other addresses, and reports a closed port.
      socket.connect(port, host);
      await once(socket, "connect", { signal });
      const messages = on(socket, "message", { signal }) as AsyncIterable<[Buffer]>;
      socket.send(query);
      for await (const [message] of messages) if (answers(message, query)) return message;
      throw new Error("closed");
    } finally {
      socket.close();
    }
  },

  async tcp({ host, port }, query, signal) {
    const socket = connect({ host, port, signal }).unref();
    try {
      const length = Buffer.alloc(2);
      length.writeUInt16BE(query.length);
      socket.write(Buffer.concat([length, query]));
      let received = Buffer.alloc(0);
      for await (const chunk of socket as AsyncIterable<Buffer>) {
        received = Buffer.concat([received, chunk]);
        const end = received.length < 2 ? Infinity : 2 + received.readUInt16BE(0);
        const message = received.subarray(2, end);
        if (received.length < end) continue;
        if (answers(message, query)) return message;
        throw new Error("the reply is not to this query");
      }
      throw new Error("closed before the reply");
    } finally {
      socket.destroy();
    }
  },
};
