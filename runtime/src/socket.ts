/**
 * Other clients through SRV records: `srvSocket` for clients that accept a stream, such as pg and mysql2.
 *
 * @module srv-dialer/socket
 */
import { invalidArg, isRecord, refuseUnknown } from "./base/checks.ts";
import type { SrvDialer, SrvDialerOptions } from "./base/types.ts";
import { Dialer } from "./dial/dialer.ts";
import { recheckOf } from "./dial/moved.ts";
import { DIALER_OPTIONS, parseOptions } from "./dial/options.ts";
import { Shared, keyOf } from "./dial/shared-dialers.ts";
import { SrvSocket } from "./stream/srv-socket.ts";
import { SrvTlsSocket } from "./stream/srv-tls-socket.ts";

export type { SrvSocket };

/** Options of `srvSocket`. */
export interface SrvSocketOptions extends SrvDialerOptions {
  /**
   * How long in ms the open connection may receive nothing before the records are checked. If its endpoint
   * is no longer in the records, and the service answers at a new endpoint but not at the old one, the
   * connection ends with ERR_SRV_MOVED. This is for lost hosts, which do not close their connections. A
   * slower answer is lost if its target meanwhile is removed from the records and accepts no new
   * connections.
   * At least 10; false turns this off.
   * @default false
   */
  recheck?: number | false;
}

const OPTIONS = [...DIALER_OPTIONS, "recheck"] satisfies (keyof SrvSocketOptions)[];

/** By their names and options. */
const dialers = /* @__PURE__ */ new Shared<Dialer>();

/**
 * Creates a stream with the methods of `net.Socket`. It dials on `connect()`, or on the first read or
 * write; `destroy()` ends the dial. Each stream is one connection.
 *
 * Calls with the same name and equal options share one cache while one of their streams exists. Lists,
 * `cache` and `tls` are compared by their entries, functions and other objects, such as a resolver, by
 * identity: create a resolver once, outside of the call. A dialer in place of the name shares its own cache.
 *
 * @param service the SRV name, or a dialer of `createSrvDialer`, which has its own options. Host and port
 * that a client passes to `connect` are ignored
 * @param options only with a name
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option, what it got and what is allowed. Errors of
 * the dial are `error` events of the stream
 * @example
 * import { srvSocket } from "srv-dialer/socket";
 *
 * const socket = srvSocket("dev-redis.dev-ecs");
 * socket.on("error", (error) => console.error(error.message));
 * socket.write("PING\r\n");
 * socket.once("data", (reply) => {
 *   console.log(String(reply)); // +PONG
 *   socket.destroy();
 * });
 */
export function srvSocket(service: string, options?: SrvSocketOptions): SrvSocket;
export function srvSocket(service: SrvDialer): SrvSocket;
export function srvSocket(service: string | SrvDialer, options?: SrvSocketOptions): SrvSocket {
  if (service instanceof Dialer && options !== undefined) {
    throw invalidArg("options", options, "none with a dialer: give them to createSrvDialer");
  }
  const { recheck: given = false, ...ofDialer } = checked(options);
  const recheck = recheckOf(given);
  const dialer = service instanceof Dialer ? service : dialerOf(service, ofDialer);
  const Kind = dialer.usesTls ? SrvTlsSocket : SrvSocket;
  return new Kind((caller) => dialer.dial({ recheck, ref: false }, caller));
}

function checked(options: SrvSocketOptions = {}): SrvSocketOptions {
  if (!isRecord(options)) throw invalidArg("options", options, "an object");
  refuseUnknown("", options, OPTIONS);
  return options;
}

function dialerOf(name: unknown, options: SrvDialerOptions): Dialer {
  if (typeof name !== "string") {
    throw invalidArg("service", name, "an SRV name, or a dialer of createSrvDialer");
  }
  // Validate first, so that the error does not depend on what is shared.
  const settings = parseOptions(name, options);
  return dialers.of(`${name.toLowerCase()} ${keyOf(options)}`, () => new Dialer(settings));
}
