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

export function endpointOf({ host, address, port }: Endpoint): Endpoint {
  return { host, address, port };
}

/** A connection and its endpoint. */
export interface Connection extends Endpoint {
  readonly socket: Socket;
  /** False: the right kind of server answered, but it cannot serve requests yet. */
  readonly isReady: boolean;
  /** True if the target came from a later resolver, and the first one that answered does not name it. */
  readonly isFallback?: true;
}

/** The option `verify`: false means that the server cannot serve yet. */
export type Verify = (socket: Socket, lifetime: Lifetime) => Promise<boolean | void>;

/** Node's own options of a TCP connection. */
export type SocketOptions = Pick<
  TcpNetConnectOpts,
  "noDelay" | "keepAlive" | "keepAliveInitialDelay" | "localAddress"
>;

/** How to connect, and what to do after the TCP connect. */
export interface AttemptOptions {
  /** Starts a TCP connection, like `net.connect`. */
  readonly connect: (options: TcpNetConnectOpts) => Socket;
  readonly socket: SocketOptions;
  /** TLS options; undefined: no TLS. */
  readonly tls: ConnectionOptions | undefined;
  /** Name for SNI and the certificate check; undefined: the host. */
  readonly servername: string | undefined;
  /** Undefined: any server that accepts the connection is used. */
  readonly verify: Verify | undefined;
  /** Whether the connection keeps the process alive. */
  readonly ref: boolean;
}

/**
 * Connects to one endpoint: TCP, then TLS and verification if configured. On failure or abort, the socket is destroyed,
 * and its later errors are ignored.
 * @param progress gets the current phase
 */
export async function connectTo(
  { host, address, port }: Endpoint,
  { connect, socket: socketOptions, tls, servername, verify, ref }: AttemptOptions,
  lifetime: Lifetime,
  progress: { phase?: SrvAttemptPhase } = {},
): Promise<Connection> {
  const tcp = connect({ ...socketOptions, host: address, port });
  if (!ref) tcp.unref();
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
    // A check of the caller's own may watch neither the signal nor the socket.
    const isReady = await lifetime.wait<boolean | void>((resolve, reject) => {
      const onClose = (): void => reject(new Error("closed during verify"));
      socket.on("error", reject).on("end", onClose).on("close", onClose);
      verify(socket, lifetime).then(resolve, reject);
      return () => socket.off("error", reject).off("end", onClose).off("close", onClose);
    });
    if (socket.destroyed) throw new Error("closed during verify");
    return { host, address, port, socket, isReady: isReady !== false };
  } catch (error) {
    // Ignore late errors of the abandoned socket.
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
  // An empty string turns off SNI, as in Node.js. The certificate is still checked.
  const name = [ofTls, servername].find(Boolean) ?? host;
  // An IP address is checked against the certificate, but never sent as SNI (RFC 6066, section 3).
  const isSent = ofTls !== "" && isIP(name) === 0;
  return { ...tls, socket, host: name, servername: isSent ? name : "" };
}
