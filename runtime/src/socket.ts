/**
 * Other clients through SRV records: `srvSocket` for clients that accept a stream, such as pg and mysql2.
 *
 * @module srv-dialer/socket
 */
import { invalidArg, isRecord, withoutUndefined } from "./base/checks.ts";
import { canonicalName } from "./base/name.ts";
import { Shared, keyOf } from "./base/shared.ts";
import type { SrvDialer, SrvDialerOptions } from "./base/types.ts";
import { Dialer } from "./dialer/dialer.ts";
import { parseOptions } from "./dialer/options.ts";
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
 * @param service the SRV name; or a dialer of `createSrvDialer`, or any object with its method `connect`, which is
 * called once for each stream, with a `signal` that is aborted when the stream is destroyed
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
export function srvSocket(service: Pick<SrvDialer, "connect">): SrvSocket;
export function srvSocket(
  service: string | Pick<SrvDialer, "connect">,
  options?: SrvSocketOptions,
): SrvSocket {
  const dialer = dialerOf(service, options);
  // A dialer of the caller's own may throw at once.
  return SrvSocket.over(async (signal) => dialer.connect({ signal }));
}

function dialerOf(service: unknown, options: unknown): Pick<SrvDialer, "connect"> {
  if (typeof service === "string") {
    if (options !== undefined && !isRecord(options))
      throw invalidArg("options", options, "an object");
    const given: SrvSocketOptions = options ?? {};
    // Validate first, so that the error does not depend on what is shared.
    const settings = parseOptions(service, { ...DEFAULTS, ...withoutUndefined(given) });
    return dialers.of(`${canonicalName(service)} ${keyOf(given)}`, () => new Dialer(settings));
  }
  if (!isRecord(service) || typeof service.connect !== "function") {
    const allowed = "an SRV name, or a dialer: an object with a method connect";
    throw invalidArg("service", service, allowed);
  }
  if (options === undefined) return service as Pick<SrvDialer, "connect">;
  throw invalidArg("options", typeof options, "none with a dialer: give them to createSrvDialer");
}
