import type { RemoteInfo } from "node:dgram";
import { once } from "node:events";
import { Socket } from "node:net";
import { createTCPServer, createUDPServer } from "dns2";
import type { DnsHandler, Packet, TCPServer, UDPServer } from "dns2";

/** One request, and the functions to answer it. */
export interface Exchange {
  readonly request: Packet;
  readonly transport: "udp" | "tcp";
  /** Sends a reply. A message is limited to the client's UDP size (with TC if it does not fit); raw bytes are not. */
  reply(message: Packet | Buffer): void;
  /** Resets a TCP connection. */
  reset(): void;
}

/** The two sockets of a server. */
export interface Transport {
  readonly port: number;
  close(): Promise<void>;
}

const HOST = "127.0.0.1";
/** A free UDP port may be in use for TCP; then another port is tried. */
const MAX_TRIES = 50;

/**
 * Listens on 127.0.0.1 over UDP and TCP on the same port; 0 picks one that is free for both.
 *
 * @throws `EADDRINUSE` for the given port, or after 50 tries
 */
export async function startTransport(
  port: number,
  handle: (exchange: Exchange) => void,
): Promise<Transport> {
  for (let tries = 1; ; tries++) {
    try {
      return await listenOnce(port, handle);
    } catch (error) {
      const taken = (error as NodeJS.ErrnoException).code === "EADDRINUSE";
      if (!taken || port !== 0 || tries === MAX_TRIES) throw error;
    }
  }
}

async function listenOnce(port: number, handle: (exchange: Exchange) => void): Promise<Transport> {
  const udp = createUDPServer();
  // dns2's own createServer would let TCP listen on every interface when the port is 0.
  const tcp = createTCPServer();
  const connections = new Set<Socket>();
  let closing: Promise<void> | undefined;
  const isClosed = (): boolean => closing !== undefined;
  const close = (): Promise<void> => (closing ??= closeBoth(udp, tcp, connections));

  udp.on("request", onUdpRequest(udp, handle, isClosed));
  tcp.on("request", onTcpRequest(handle));
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

function onUdpRequest(
  udp: UDPServer,
  handle: (exchange: Exchange) => void,
  isClosed: () => boolean,
): DnsHandler {
  return (request, send, client) => {
    if (!isRemote(client)) return;
    const { address, port } = client;
    handle({
      request,
      transport: "udp",
      reply(message) {
        if (isClosed()) return;
        // Ignore a client that is gone, and a message that is too long for a datagram: lost, as on a real network.
        if (Buffer.isBuffer(message)) udp.send(message, port, address, () => {});
        else send(message).catch(() => {});
      },
      reset() {},
    });
  };
}

/** dns2 has one union type for the clients of all transports; over UDP, it is the sender of the datagram. */
function isRemote(client: Parameters<DnsHandler>[2]): client is RemoteInfo {
  return "address" in client && "port" in client;
}

function onTcpRequest(handle: (exchange: Exchange) => void): DnsHandler {
  return (request, send, client) => {
    handle({
      request,
      transport: "tcp",
      reply: (message) => void send(message),
      reset: () => void (client instanceof Socket && client.resetAndDestroy()),
    });
  };
}

async function closeBoth(udp: UDPServer, tcp: TCPServer, connections: Set<Socket>): Promise<void> {
  const closed = Promise.all([
    new Promise<void>((resolve) => {
      udp.close(() => resolve());
    }),
    // Ignore the error: it only says that the server was not listening.
    new Promise<void>((resolve) => {
      tcp.close(() => resolve());
    }),
  ]);
  for (const socket of connections) socket.destroy();
  await closed;
}
