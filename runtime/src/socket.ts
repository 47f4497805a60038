/**
 * Other clients through SRV records: `srvSocket` for clients that accept a stream, such as pg and mysql2.
 *
 * @module srv-dialer/socket
 */
import { Recent } from "./base/recent.ts";
import type { SrvDialerOptions } from "./base/types.ts";
import { Dialer } from "./dial/dialer.ts";
import { parseOptions } from "./dial/options.ts";
import { SrvSocket } from "./stream/srv-socket.ts";
import { SrvTlsSocket } from "./stream/srv-tls-socket.ts";

export type { SrvSocket };

/** Options of `srvSocket`: those of a dialer, but `wait` is true by default. */
export type SrvSocketOptions = SrvDialerOptions;

/** The dialers of calls without options. */
const dialers = /* @__PURE__ */ dialersOf({});
const dialersByOptions = new WeakMap<SrvSocketOptions, Recent<Dialer>>();

/**
 * Creates a stream with the methods of `net.Socket`. It dials on `connect()`, or on the first read or
 * write; `destroy()` ends the dial. Each stream is one connection.
 *
 * Calls with the same options object, or all calls without one, share one cache per name.
 *
 * @param name the SRV name; host and port that a client passes to `connect` are ignored
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
export function srvSocket(name: string, options?: SrvSocketOptions): SrvSocket {
  // Validate first, so that the error does not depend on what is cached.
  const { tls } = parseOptions(name, options);
  const dialer = known(options).of(name);
  const Kind = tls === undefined ? SrvSocket : SrvTlsSocket;
  return new Kind((caller) => dialer.dial({ ref: false }, caller));
}

function known(options: SrvSocketOptions | undefined): Recent<Dialer> {
  if (options === undefined) return dialers;
  let ofOptions = dialersByOptions.get(options);
  if (ofOptions === undefined) dialersByOptions.set(options, (ofOptions = dialersOf(options)));
  return ofOptions;
}

function dialersOf(options: SrvSocketOptions): Recent<Dialer> {
  return new Recent((name) => new Dialer(parseOptions(name, { wait: true, ...options })));
}
