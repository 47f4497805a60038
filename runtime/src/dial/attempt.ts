import { type Socket, type TcpNetConnectOpts, isIP } from "node:net";
import { type ConnectionOptions, type TLSSocket, connect as connectTls } from "node:tls";
import type { SrvAttemptPhase } from "../base/errors.ts";
import type { Lifetime } from "../base/lifetime.ts";

/** Where to connect: one address of one target. */
export interface Endpoint {
  readonly host: string;
  readonly address: string;
  readonly port: number;
}

/** A connection and where it leads. */
export interface Connection extends Endpoint {
  readonly socket: Socket;
  /** False: the right kind of server answers, and cannot serve yet. */
  readonly isReady: boolean;
  /** The first resolver that answered does not name its target: a later one does. */
  readonly isFallback?: true;
}

/**
 * Checks that the right kind of server answers; rejects when it does not. One that is loading its
 * data is `unready`.
 */
export type Verify = (socket: Socket, lifetime: Lifetime) => Promise<"ready" | "unready">;

/** Node's own options of a TCP connection. */
export type SocketOptions = Pick<
  TcpNetConnectOpts,
  "noDelay" | "keepAlive" | "keepAliveInitialDelay" | "localAddress"
>;

/** Begins a TCP connection, as `net.connect` does. */
export type Connect = (options: TcpNetConnectOpts) => Socket;

/** How to connect, and what is done beyond the TCP connection. */
export interface AttemptOptions {
  readonly connect: Connect;
  readonly socket: SocketOptions;
  /** TLS options; undefined: no TLS. */
  readonly tls: ConnectionOptions | undefined;
  /** Name for SNI and the certificate's check; undefined: that of the host. */
  readonly servername: string | undefined;
  /** Undefined: anything that accepts the connection is taken. */
  readonly verify: Verify | undefined;
}

/** How far an attempt has come once it is connected; kept up to date. */
interface Progress {
  phase?: SrvAttemptPhase;
}

/**
 * Connects to one endpoint: TCP, then TLS and verification where asked for. On failure or abort
 * the socket is destroyed and no listener remains.
 */
export async function attempt(
  { host, address, port }: Endpoint,
  { connect, socket: socketOptions, tls, servername, verify }: AttemptOptions,
  lifetime: Lifetime,
  progress: Progress = {},
): Promise<Connection> {
  const tcp = connect({ ...socketOptions, host: address, port });
  let socket: Socket | TLSSocket = tcp;
  try {
    await ready(tcp, "connect", lifetime);
    if (tls !== undefined) {
      progress.phase = "tls";
      socket = connectTls(tlsOptions(tcp, host, tls, servername));
      await ready(socket, "secureConnect", lifetime);
    }
    if (verify === undefined) return { host, address, port, socket, isReady: true };
    progress.phase = "verify";
    const isReady = (await verify(socket, lifetime)) === "ready";
    return { host, address, port, socket, isReady };
  } catch (error) {
    // Late errors of a socket that is given up are ignored.
    socket.on("error", () => {}).destroy();
    tcp.on("error", () => {}).destroy();
    throw error;
  }
}

/** Waits for the event that ends a phase. */
function ready(socket: Socket, event: "connect" | "secureConnect", lifetime: Lifetime) {
  return lifetime.wait<void>((resolve, reject) => {
    const onReady = (): void => resolve();
    const onClose = (): void => reject(new Error(`closed before ${event}`));
    socket.on(event, onReady).on("error", reject).on("close", onClose);
    return () => socket.off(event, onReady).off("error", reject).off("close", onClose);
  });
}

function tlsOptions(
  socket: Socket,
  host: string,
  tls: ConnectionOptions,
  servername: string | undefined,
): ConnectionOptions {
  const { servername: ofTls } = tls;
  // Empty, it means no SNI, as in Node.js. The certificate is checked all the same.
  const name = [ofTls, servername].find(Boolean) ?? host;
  // An IP address is checked against the certificate, but never sent as SNI (RFC 6066, section 3).
  const isSent = ofTls !== "" && isIP(name) === 0;
  return { ...tls, socket, host: name, servername: isSent ? name : "" };
}
