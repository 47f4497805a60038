import type { Socket } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { invalidArg } from "../base/checks.ts";
import { SrvDialError, formatEndpoint, toError } from "../base/errors.ts";
import type { SrvDialerOptions } from "../base/types.ts";
import { type Connection, attempt } from "../dial/attempt.ts";
import { interruptionOf, withDeadline } from "../base/lifetime.ts";
import { parseOptions } from "../dial/options.ts";
import { closesWhenIdle } from "./idle.ts";
import { type Destination, Services, type SrvHttpOptions } from "./services.ts";
import { Sessions, tlsOf } from "./tls.ts";

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
  /** Refused, unless it is the same as in `srvConnect`. @default none */
  localAddress?: string | null;
  /** Refused. @default none */
  socketPath?: string | null;
  /** Refused, as it is the connection to a proxy. @default none */
  httpSocket?: Socket | null;
}

type Outcome = [error: null, socket: Socket | TLSSocket] | [error: Error, socket: null];

/** The option `connect` of undici's Agent, Pool or Client. */
export interface SrvConnect {
  /**
   * Called by undici for each new connection.
   * @param settle called with the socket, with TLS after the handshake, or with an error
   * @throws none
   */
  (request: SrvConnectRequest, settle: (...outcome: Outcome) => void): void;
  /**
   * Ends pending dials with ERR_SRV_CLOSED and clears the cache. Open connections stay open. Later
   * requests are possible and start from the beginning.
   * @throws none
   */
  close(): void;
}

/**
 * Creates the option `connect` of undici's Agent, Pool or Client. The URL's protocol decides whether TLS
 * is used; `tls` has its options.
 *
 * A connection whose target is no longer in the records ends when it has no running request. With
 * `pipelining` above 1, and with HTTP/2, steady load keeps it open; with HTTP/1.1, undici's
 * `maxRequestsPerClient` limits that.
 *
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option, what it got and what is allowed. Errors of
 * a dial are errors of the request
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
  const services = new Services(options);
  const sessions = new Sessions(services.options);
  const connect = (request: SrvConnectRequest, settle: (...outcome: Outcome) => void): void => {
    open(services, sessions, request).then(
      (socket) => settle(null, socket),
      (error: unknown) => settle(toError(error), null),
    );
  };
  return Object.assign(connect, { close: () => services.close() });
}

async function open(
  services: Services,
  sessions: Sessions,
  request: SrvConnectRequest,
): Promise<Socket> {
  const { options } = services;
  refuse(request, options);
  const { hostname: host, port, protocol, servername } = request;
  const to: Destination = { host, port: port === "" ? undefined : Number(port) };
  const connect = (tls?: ConnectionOptions): Promise<Connection> =>
    services.has(to)
      ? services.of(host).dial({ tls }, closesWhenIdle)
      : connectPlainly(options, to, tls);
  if (protocol !== "https:") return (await connect()).socket;
  const tls = tlsOf(options, host, servername);
  return (await sessions.use(`${servername ?? ""} ${host}:${port}`, tls, connect)).socket;
}

/** Connects directly, without SRV records, but with the same deadline. Node.js looks up the host. */
function connectPlainly(
  options: SrvDialerOptions,
  { host, port: given }: Destination,
  tls: ConnectionOptions | undefined,
): Promise<Connection> {
  const port = given ?? (tls === undefined ? 80 : 443);
  const { socket: ofSocket, timeout, family, clock, connect } = parseOptions("plain", options);
  const socket = family === "both" ? ofSocket : { ...ofSocket, family };
  return withDeadline(timeout, clock, async (lifetime) => {
    const endpoint = { host, address: host, port };
    const how = { connect, socket, tls, servername: host, verify: undefined, ref: true };
    try {
      return await attempt(endpoint, how, lifetime);
    } catch (error) {
      const interruption = interruptionOf(lifetime);
      if (interruption === undefined) throw error;
      const message = `Connection to ${formatEndpoint(host, port)} ${interruption.message}`;
      throw new SrvDialError(interruption.code, message, { hostname: host, cause: error });
    }
  });
}

/** @throws {SrvDialError} for connection options of a client that srvConnect does not support */
function refuse(request: SrvConnectRequest, { localAddress }: SrvHttpOptions): void {
  const { localAddress: ofClient, socketPath, httpSocket } = request;
  if (!isNone(ofClient) && ofClient !== localAddress) {
    throw invalidArg("localAddress", ofClient, "none beside connect: give it to srvConnect");
  }
  if (!isNone(socketPath)) {
    throw invalidArg("socketPath", socketPath, "none beside connect: leave srvConnect out");
  }
  if (!isNone(httpSocket)) {
    throw invalidArg("httpSocket", "a socket", "none: srvConnect does not connect through a proxy");
  }
}

function isNone(value: unknown): value is undefined | null {
  return value === undefined || value === null;
}
