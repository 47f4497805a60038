import type { RemoteInfo } from "node:dgram";
import { once } from "node:events";
import { Socket } from "node:net";
import type { DnsHandler, Packet } from "dns2";
import { canonicalName } from "../base/name.ts";
import { OPT } from "../dns/codec.ts";
import type { DnsQuery } from "./types.ts";

/** One query, and how to answer it while the server is open. */
export interface DnsRequest {
  readonly query: DnsQuery;
  /** A response without records. */
  readonly response: Packet;
  /** A message is limited to the client's UDP size (with TC if it does not fit); raw bytes are not. */
  readonly send: (message: Packet | Buffer) => void;
}

type Dns2 = Pick<typeof import("dns2"), "Packet" | "TCPServer" | "UDPServer">;

const HOST = "127.0.0.1";
/** Lost, as on a real network, if the client is gone or the message too long for a datagram. */
const ignore = (): void => {};
/** A free UDP port may be in use for TCP; then another port is tried. */
const MAX_TRIES = 50;

/** Loaded when it is first needed, as it is an optional peer. @throws if it is not installed */
async function loadDns2(): Promise<Dns2> {
  try {
    return await import("dns2");
  } catch (cause) {
    if (!(cause as NodeJS.ErrnoException).code?.endsWith("MODULE_NOT_FOUND")) throw cause;
    const message = "srv-dialer/testing needs the package dns2: npm install --save-dev dns2";
    throw new Error(message, { cause });
  }
}

/** Listens over UDP and TCP on the same port; 0 picks one that is free for both. @throws `EADDRINUSE` */
export async function startTransport(port: number, handle: (request: DnsRequest) => void) {
  const dns2 = await loadDns2();
  for (let tries = 1; ; tries++) {
    try {
      return await listen(dns2, port, handle);
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
      if (!isTaken || port !== 0 || tries === MAX_TRIES) throw error;
    }
  }
}

async function listen(dns2: Dns2, port: number, handle: (request: DnsRequest) => void) {
  const udp = new dns2.UDPServer();
  // dns2's own createServer would let TCP listen on every interface when the port is 0.
  const tcp = new dns2.TCPServer();
  const connections = new Set<Socket>();
  let closed: Promise<unknown> | undefined;
  const close = async (): Promise<void> => {
    closed ??= Promise.all([once(udp.close(), "close"), once(tcp.close(), "close")]);
    for (const socket of connections) socket.destroy();
    await closed;
  };
  const onRequest: DnsHandler = (request, send, client) => {
    const isTcp = client instanceof Socket;
    handle({
      query: queryOf(request, isTcp ? "tcp" : "udp", dns2),
      response: responseTo(request, dns2),
      send(message) {
        if (closed !== undefined) return;
        if (isTcp || !Buffer.isBuffer(message)) return void send(message)?.catch(ignore);
        const { address, port: to } = client as RemoteInfo;
        udp.send(message, to, address, ignore);
      },
    });
  };
  udp.on("request", onRequest);
  tcp.on("request", onRequest);
  tcp.on("connection", (socket: Socket) => {
    connections.add(socket);
    socket.once("close", () => connections.delete(socket));
  });
  try {
    udp.bind(port, HOST);
    await once(udp, "listening");
    const bound = udp.address().port;
    tcp.listen(bound, HOST);
    await once(tcp, "listening");
    return { port: bound, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** A response that is encoded in one pass: dns2 converts all of it after each record, seconds for a thousand. */
function responseTo(request: Packet, { Packet }: Dns2): Packet {
  const response = Packet.createResponseFromRequest(request);
  // Its types leave out the parameter.
  const encode: (writer: object) => Buffer = response.toBuffer.bind(response);
  response.toBuffer = () => {
    const writer = new Packet.Writer();
    const toBytes = writer.toBuffer.bind(writer);
    writer.toBuffer = () => Buffer.alloc(0);
    encode(writer);
    return toBytes();
  };
  return response;
}

function queryOf(request: Packet, transport: "udp" | "tcp", { Packet }: Dns2): DnsQuery {
  const { name = "", type = 0 } = request.questions[0] ?? {};
  const [typeName] = Object.entries(Packet.TYPE).find(([, number]) => number === type) ?? [];
  return {
    name: canonicalName(name),
    type: typeName ?? `TYPE${type}`,
    transport,
    edns: request.additionals.some((record) => record.type === OPT),
    time: Date.now(),
  };
}
