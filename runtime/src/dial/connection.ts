import { type Socket, isIP } from "node:net";
import { type ConnectionOptions, TLSSocket, connect as connectTls } from "node:tls";
import { type SrvAttemptPhase, toError } from "../base/errors.ts";
import type { Lifetime } from "../base/time.ts";
import type { Settings } from "../base/settings.ts";

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
}

/** Errors after which no other try can succeed: TLS options that are wrong, and certificates that are not trusted. */
const hopeless = /* @__PURE__ */ new WeakSet<object>();

export function isHopeless(error: unknown): boolean {
  return typeof error === "object" && error !== null && hopeless.has(error);
}

/**
 * Connects to one endpoint: TCP, then TLS and verification if configured. On failure or abort, the socket is destroyed,
 * and its later errors are ignored.
 * @param progress gets the current phase
 */
export async function connectTo(
  { host, address, port }: Endpoint,
  { connect, tls, servername, verify }: Pick<Settings, "connect" | "tls" | "servername" | "verify">,
  lifetime: Lifetime,
  progress: { phase?: SrvAttemptPhase } = {},
): Promise<Connection> {
  const tcp = connect({ host: address, port });
  let socket: Socket | TLSSocket = tcp;
  // One for each attempt: a check may tie the socket to it, and the end of the race must not destroy the winner.
  let check: AbortController | undefined;
  try {
    await ready(tcp, "connect", lifetime);
    if (tls !== undefined) {
      progress.phase = "tls";
      socket = startTls(tcp, tls, servername);
      await ready(socket, "secureConnect", lifetime);
    }
    if (verify === undefined) return { host, address, port, socket, isReady: true };
    progress.phase = "verify";
    const { signal } = (check = new AbortController());
    // A check of the caller's own may watch neither the signal nor the socket.
    const isReady = await lifetime.wait<boolean | void>((resolve, reject) => {
      const onClose = (): void => reject(new Error("closed during verify"));
      socket.on("error", reject).on("end", onClose).on("close", onClose);
      Promise.resolve(verify(socket, { signal })).then(resolve, reject);
      return () => socket.off("error", reject).off("end", onClose).off("close", onClose);
    });
    if (socket.destroyed) throw new Error("closed during verify");
    return { host, address, port, socket, isReady: isReady !== false };
  } catch (error) {
    // Ignore late errors of the abandoned socket.
    socket.on("error", () => {}).destroy();
    tcp.on("error", () => {}).destroy();
    check?.abort(toError(error));
    if (progress.phase === "tls" && isDistrusted(socket)) hopeless.add(toError(error));
    throw error;
  }
}

/** Whether its certificate was refused. */
function isDistrusted(socket: Socket): boolean {
  return socket instanceof TLSSocket && Boolean(socket.authorizationError);
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

/** @throws a hopeless error for wrong options, which Node.js checks only here */
function startTls(socket: Socket, tls: ConnectionOptions, servername: string): TLSSocket {
  // An empty string turns off SNI, as in Node.js. The certificate is still checked.
  const name = tls.servername || servername;
  // An IP address is checked against the certificate, but never sent as SNI (RFC 6066, section 3).
  const isSent = tls.servername !== "" && isIP(name) === 0;
  try {
    return connectTls({ ...tls, socket, host: name, servername: isSent ? name : "" });
  } catch (error) {
    hopeless.add(toError(error));
    throw error;
  }
}
