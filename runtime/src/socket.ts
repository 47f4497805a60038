/**
 * Other clients through SRV records: `srvSocket` for clients that accept a stream, such as pg and mysql2.
 *
 * @module srv-dialer/socket
 */
import { checkOptions, withoutUndefined } from "./base/checks.ts";
import { canonicalName } from "./base/name.ts";
import { Shared, keyOf } from "./base/shared.ts";
import type { SrvDialerOptions } from "./base/types.ts";
import { Dialer } from "./dialer/dialer.ts";
import { DIALER_OPTIONS, parseOptions } from "./dialer/options.ts";
import { SrvSocket } from "./stream/srv-socket.ts";

export type * from "./base/types.ts";
export type { SrvSocket };

/** Options of `srvSocket`: those of a dialer, but `wait` is true by default, and `timeout` is 9000 ms. */
export type SrvSocketOptions = SrvDialerOptions;

/** Less than mysql2's own limit of 10 s, whose error would not say why there is no connection. */
const DEFAULTS: SrvSocketOptions = { wait: true, timeout: 9_000 };

const dialers = /* @__PURE__ */ new Shared<Dialer>();

/**
 * Creates a stream with the methods of `net.Socket`. It dials on `connect()`, or on the first read or write, and
 * `destroy()` ends the dial. Each stream is one connection. Host and port that a client passes to `connect` are ignored.
 *
 * Calls with the same name and equal options share one cache. Lists, `cache` and `tls` are compared by their entries,
 * functions and other objects, such as a resolver, by identity: create a resolver once, outside of the call.
 *
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
export function srvSocket(name: string, options: SrvSocketOptions = {}): SrvSocket {
  checkOptions(options, DIALER_OPTIONS);
  // Validate first, so that the error does not depend on what is shared.
  const settings = parseOptions(name, { ...DEFAULTS, ...withoutUndefined(options) });
  const key = `${canonicalName(name)} ${keyOf(options)}`;
  const dialer = dialers.of(key, () => new Dialer(settings));
  return SrvSocket.over((signal) => dialer.connect({ signal }));
}
