/**
 * Other clients through SRV records: `srvSocket` for clients that take a stream, such as pg and mysql2.
 *
 * @module srv-dialer/socket
 */
import { isRecord, refuseUnknown } from "./base/checks.ts";
import { Recent } from "./base/recent.ts";
import type { SrvDialerOptions } from "./base/types.ts";
import { Dialer } from "./dial/dialer.ts";
import { recheckOf } from "./dial/moved.ts";
import { DIALER_OPTIONS, parseOptions } from "./dial/options.ts";
import { SrvSocket } from "./stream/srv-socket.ts";
import { SrvTlsSocket } from "./stream/srv-tls-socket.ts";

export type { SrvSocket };

/** Options of `srvSocket`. */
export interface SrvSocketOptions extends SrvDialerOptions {
  /**
   * How long in ms nothing may come over the open connection until the records are looked at. When they
   * lead elsewhere, and the service answers there and no longer here, it ends with ERR_SRV_MOVED: a lost
   * host closes no connection. An answer that takes longer than that is lost if its target meanwhile leaves
   * the records and takes no new connections.
   * At least 10; false: never.
   * @default false
   */
  recheck?: number | false;
}

/** Those of the calls without options. */
const dialers = /* @__PURE__ */ dialersOf({});
const dialersByOptions = new WeakMap<SrvSocketOptions, Recent<Dialer>>();

/**
 * A stream with the methods of `net.Socket`. It dials on `connect()`, else when it is first read or
 * written; `destroy()` ends the dial. It is one connection: a client needs a new one for each.
 *
 * Calls with the same options object, or with none, share one cache for each name.
 *
 * @param name the SRV name; host and port that a client gives to `connect` are ignored
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
  // Here, so that the same mistake is the same error whatever is known already.
  const { tls } = parseOptions(name, dialerOptionsOf(options));
  const recheck = recheckOf(options?.recheck ?? false);
  const dialer = known(options).of(name);
  const Kind = tls === undefined ? SrvSocket : SrvTlsSocket;
  return new Kind((caller) => dialer.dial({ recheck, ref: false }, caller));
}

const OPTIONS = [...DIALER_OPTIONS, "recheck"] satisfies (keyof SrvSocketOptions)[];

/** What is no object is left as it is, to be refused. */
function dialerOptionsOf(options: SrvSocketOptions | undefined): SrvDialerOptions | undefined {
  if (!isRecord(options)) return options;
  refuseUnknown("", options, OPTIONS);
  const { recheck: _, ...ofDialer }: SrvSocketOptions = options;
  return ofDialer;
}

function known(options: SrvSocketOptions | undefined): Recent<Dialer> {
  if (options === undefined) return dialers;
  let ofOptions = dialersByOptions.get(options);
  if (ofOptions === undefined) dialersByOptions.set(options, (ofOptions = dialersOf(options)));
  return ofOptions;
}

function dialersOf(options: SrvSocketOptions): Recent<Dialer> {
  return new Recent((name) => new Dialer(parseOptions(name, dialerOptionsOf(options))));
}
