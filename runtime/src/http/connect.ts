import type { Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { invalidArg } from "../base/checks.ts";
import { toError } from "../base/errors.ts";
import { closesWhenIdle } from "./idle.ts";
import { connectPlainly } from "./plain.ts";
import { type Destination, Services, type SrvHttpOptions } from "./services.ts";
import { tlsOf } from "./tls.ts";

/** What undici tells its `connect`: clients make it, you do not. */
export interface SrvConnectRequest {
  /** Of the URL: an SRV name, or a host that is connected to plainly. */
  hostname: string;
  /** `"http:"` or `"https:"`, which decides about TLS. */
  protocol: string;
  /** Of the URL; empty: the protocol's own. */
  port: string;
  /** From the Host header, for SNI and the certificate. @default none: that of the options */
  servername?: string | null;
  /** Refused, unless it is that of `srvConnect`. @default none */
  localAddress?: string | null;
  /** Refused. @default none */
  socketPath?: string | null;
  /** Refused: it is the connection to a proxy. @default none */
  httpSocket?: Socket | null;
}

type Outcome = [error: null, socket: Socket | TLSSocket] | [error: Error, socket: null];

/** What undici takes as the option `connect` of an Agent, a Pool or a Client. */
export interface SrvConnect {
  /**
   * Called by undici for each new connection.
   * @param settle gets the socket, past the handshake with TLS, or an SrvDialError
   * @throws none
   */
  (request: SrvConnectRequest, settle: (...outcome: Outcome) => void): void;
  /**
   * Ends pending dials with ERR_SRV_CLOSED and forgets all answers. Open connections stay open. A
   * request that comes later starts again.
   * @throws none
   */
  close(): void;
}

/** @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option */
export function createConnect(given: SrvHttpOptions): SrvConnect {
  const services = new Services(given);
  const connect = (request: SrvConnectRequest, settle: (...outcome: Outcome) => void): void => {
    open(services, request).then(
      (socket) => settle(null, socket),
      (error: unknown) => settle(toError(error), null),
    );
  };
  return Object.assign(connect, { close: () => services.close() });
}

async function open(services: Services, request: SrvConnectRequest): Promise<Socket> {
  const { options } = services;
  refuse(request, options);
  const { hostname: host, port, protocol, servername } = request;
  const tls = protocol === "https:" ? tlsOf(options, { host, servername }) : undefined;
  const to: Destination = { host, port: port === "" ? undefined : Number(port) };
  if (!services.has(to)) return connectPlainly(options, to, tls);
  return (await services.of(host).dial({ tls }, closesWhenIdle, services.lifetime)).socket;
}

/** @throws {SrvDialError} for what a client wants of its connections, and srvConnect does not do */
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
