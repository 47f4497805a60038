import { once } from "node:events";
import { type Socket, connect as connectTcp, isIP } from "node:net";
import { clearTimeout, setTimeout } from "node:timers";
import { type TLSSocket, connect as connectTls } from "node:tls";
import { checkOptions } from "../base/checks.ts";
import { SrvDialError, formatEndpoint, toError } from "../base/errors.ts";
import { HTTP_OPTIONS, Services, type SrvHttpOptions, keepAliveInitialDelay } from "./services.ts";

/** What undici passes to `connect`. You do not create it yourself. */
export interface SrvConnectRequest {
  /** From the URL: an SRV name, or a host to connect to directly. */
  hostname: string;
  /** `"http:"`, or `"https:"` for TLS. */
  protocol: string;
  /** From the URL; empty for the protocol's default port. */
  port: string;
  /** From the Host header, for SNI and the certificate. @default the one in the options */
  servername?: string | null;
}

/** The option `connect` of undici's Agent, Pool or Client. */
export interface SrvConnect extends Disposable {
  /**
   * Called by undici for each new connection.
   * @param settle called with the socket, with TLS after the handshake, or with an error
   * @throws none
   */
  (
    request: SrvConnectRequest,
    settle: (
      ...outcome: [error: null, socket: Socket | TLSSocket] | [error: Error, socket: null]
    ) => void,
  ): void;
  /**
   * Ends pending dials with ERR_SRV_CLOSED and clears the cache. Open connections stay open, and requests can follow.
   * @throws none
   */
  close(): void;
}

/**
 * Creates the option `connect` of undici's Agent, Pool or Client. The URL decides whether TLS is used, with `tls`.
 * A dispatcher's `destroy()` does not end a dial that waits, so call `close()` after it.
 *
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option and what is allowed. A failed dial fails the request
 * @example
 * import { Agent, request } from "undici";
 * import { srvConnect } from "srv-dialer/http";
 *
 * const dispatcher = new Agent({ connect: srvConnect({ names: ["*.dev-ecs"] }) });
 * const { statusCode, body } = await request("http://search.dev-ecs/", { dispatcher });
 * console.log(statusCode, await body.text());
 * await dispatcher.close();
 */
export function srvConnect(options: SrvHttpOptions = {}): SrvConnect {
  checkOptions(options, HTTP_OPTIONS);
  const services = new Services(options);
  const connect: (...of: Parameters<SrvConnect>) => void = (request, settle) => {
    open(services, request).then(
      (socket) => settle(null, socket),
      (error: unknown) => settle(toError(error), null),
    );
  };
  const close = (): void => services.close();
  return Object.assign(connect, { close, [Symbol.dispose]: close });
}

async function open(services: Services, request: SrvConnectRequest): Promise<Socket> {
  const { hostname: host, servername } = request;
  const [isTls, defaultPort] = request.protocol === "https:" ? [true, 443] : [false, 80];
  const port = Number(request.port || defaultPort);
  const tls = isTls ? services.tlsOf(host, servername) : undefined;
  if (services.has(host, port === defaultPort)) return services.dial(host, { tls });

  // Without SRV records, but with the same deadline. Node.js looks up the host.
  const { timeout, family } = services;
  const where = { host, port, family, noDelay: true, keepAlive: true, keepAliveInitialDelay };
  // An IP address is checked against the certificate, but never sent as SNI (RFC 6066, section 3).
  const sni = isIP(host) === 0 ? host : "";
  const socket = tls ? connectTls({ servername: sni, ...tls, ...where }) : connectTcp(where);
  const late = setTimeout(() => {
    const message = `Connection to ${formatEndpoint(host, port)} not done within ${timeout} ms`;
    socket.destroy(SrvDialError.of("ERR_SRV_TIMEOUT", message, { hostname: host }));
  }, timeout);
  try {
    await once(socket, isTls ? "secureConnect" : "connect");
    return socket;
  } finally {
    clearTimeout(late);
  }
}
