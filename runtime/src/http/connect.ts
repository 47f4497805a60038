import type { Socket } from "node:net";
import type { ConnectionOptions, TLSSocket } from "node:tls";
import { invalidArg } from "../base/checks.ts";
import { SrvDialError, formatEndpoint, toError } from "../base/errors.ts";
import type { SrvDialerOptions } from "../base/types.ts";
import { type Connection, connectTo } from "../dial/connection.ts";
import { interruptionOf, withDeadline } from "../base/lifetime.ts";
import { parseOptions } from "../dialer/options.ts";
import { closesWhenIdle } from "./idle.ts";
import { Services, type SrvHttpOptions } from "./services.ts";

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
}

type Outcome = [error: null, socket: Socket | TLSSocket] | [error: Error, socket: null];

/** The option `connect` of undici's Agent, Pool or Client. */
export interface SrvConnect extends Disposable {
  /**
   * Called by undici for each new connection.
   * @param settle called with the socket, with TLS after the handshake, or with an error
   * @throws none
   */
  (request: SrvConnectRequest, settle: (...outcome: Outcome) => void): void;
  /**
   * Ends pending dials with ERR_SRV_CLOSED and clears the cache. Open connections stay open, and requests can follow.
   * @throws none
   */
  close(): void;
}

/**
 * Creates the option `connect` of undici's Agent, Pool or Client. The URL decides whether TLS is used, with `tls`.
 *
 * A connection whose target is no longer in the records ends when it has no running request. With `pipelining` above 1,
 * and with HTTP/2, steady load keeps it open; with HTTP/1.1, undici's `maxRequestsPerClient` limits that.
 *
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
  const services = new Services(options);
  const connect = (request: SrvConnectRequest, settle: (...outcome: Outcome) => void): void => {
    open(services, request).then(
      (socket) => settle(null, socket),
      (error: unknown) => settle(toError(error), null),
    );
  };
  const close = (): void => services.close();
  return Object.assign(connect, { close, [Symbol.dispose]: close });
}

async function open(services: Services, request: SrvConnectRequest): Promise<Socket> {
  const { hostname: host, protocol, servername } = request;
  refuse(request, services.options);
  const port = request.port === "" ? undefined : Number(request.port);
  const isTls = protocol === "https:";
  const connect = (tls?: ConnectionOptions): Promise<Connection> =>
    services.has(host, port)
      ? services.of(host).dial({ tls }, closesWhenIdle)
      : connectDirectly(services.options, { host, port: port ?? (isTls ? 443 : 80) }, tls);
  if (!isTls) return (await connect()).socket;
  const key = `${servername ?? ""} ${host}:${request.port}`;
  const tls = services.tlsOf(host, servername);
  return (await services.sessions.use(key, tls, connect)).socket;
}

/** Connects without SRV records, but with the same deadline. Node.js looks up the host. */
function connectDirectly(
  options: SrvDialerOptions,
  { host, port }: { readonly host: string; readonly port: number },
  tls: ConnectionOptions | undefined,
): Promise<Connection> {
  const { timeout, family, clock, ...settings } = parseOptions("direct", options);
  const socket = family === "both" ? settings.socket : { ...settings.socket, family };
  const how = { ...settings, socket, tls, servername: host, verify: undefined, ref: true };
  return withDeadline(timeout, clock, (lifetime) =>
    connectTo({ host, address: host, port }, how, lifetime).catch((error: unknown) => {
      const reason = interruptionOf(lifetime);
      if (reason === undefined) throw error;
      const message = `Connection to ${formatEndpoint(host, port)} ${reason.message}`;
      throw new SrvDialError(reason.code, message, { hostname: host, cause: error });
    }),
  );
}

/** @throws {SrvDialError} for connection options of a client that srvConnect does not support */
function refuse(request: SrvConnectRequest, { localAddress }: SrvHttpOptions): void {
  const { localAddress: asked = null, socketPath = null } = request;
  if (asked !== null && asked !== localAddress) {
    throw invalidArg("localAddress", asked, "the one of srvConnect");
  }
  if (socketPath !== null) throw invalidArg("socketPath", socketPath, "none with srvConnect");
}
