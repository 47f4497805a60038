/**
 * Other clients through SRV records: `srvSocket` for clients that accept a stream, such as pg and mysql2.
 *
 * @module srv-dialer/socket
 */
import { invalidArg, isRecord, withoutUndefined } from "./base/checks.ts";
import { canonicalName } from "./base/name.ts";
import type { SrvDialer, SrvDialerOptions } from "./base/types.ts";
import { Dialer } from "./dialer/dialer.ts";
import { parseOptions } from "./dialer/options.ts";
import { Shared, keyOf } from "./base/shared.ts";
import { SrvSocket } from "./stream/srv-socket.ts";
import { SrvTlsSocket } from "./stream/srv-tls-socket.ts";

export type { SrvSocket };

/** Options of `srvSocket`: those of a dialer, but `wait` is true by default, and `timeout` is 9000 ms. */
export type SrvSocketOptions = SrvDialerOptions;

/** Less than mysql2's own limit of 10 s, whose error would not say why there is no connection. */
const DEFAULTS: SrvSocketOptions = { wait: true, timeout: 9_000 };

/** How many dialers keep their answers although no stream uses them. */
const KEPT = 100;

const dialers = /* @__PURE__ */ new Shared<Dialer>(KEPT);

/**
 * Creates a stream with the methods of `net.Socket`. It dials on `connect()`, or on the first read or write, and
 * `destroy()` ends the dial. Each stream is one connection. Host and port that a client passes to `connect` are ignored.
 *
 * Calls with the same name and equal options share one cache. Lists, `cache` and `tls` are compared by their entries,
 * functions and other objects, such as a resolver, by identity: create a resolver once, outside of the call.
 *
 * @param service the SRV name, or a dialer of `createSrvDialer`, which has its own options and cache
 * @param options only with a name
 * @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option and what is allowed. A failed dial is an `error` event
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
    throw invalidArg("options", typeof options, "none with a dialer: give them to createSrvDialer");
  }
  const dialer = service instanceof Dialer ? service : dialerOf(service, options);
  const Kind = dialer.usesTls ? SrvTlsSocket : SrvSocket;
  return new Kind((caller) => dialer.dial({ ref: false }, caller));
}

function dialerOf(name: unknown, options: SrvSocketOptions = {}): Dialer {
  if (typeof name !== "string") {
    throw invalidArg("service", name, "an SRV name, or a dialer of createSrvDialer");
  }
  if (!isRecord(options)) throw invalidArg("options", options, "an object");
  // Validate first, so that the error does not depend on what is shared.
  const settings = parseOptions(name, { ...DEFAULTS, ...withoutUndefined(options) });
  return dialers.of(`${canonicalName(name)} ${keyOf(options)}`, () => new Dialer(settings));
}
