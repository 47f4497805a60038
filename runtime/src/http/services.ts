import { invalidArg, isRecord, refuseUnknown, withoutUndefined } from "../base/checks.ts";
import { Lifetime } from "../base/lifetime.ts";
import { Recent } from "../base/recent.ts";
import type { SrvDialerOptions } from "../base/types.ts";
import { Interruption } from "../dial/deadline.ts";
import { Dialer } from "../dial/dialer.ts";
import { DIALER_OPTIONS, parseOptions } from "../dial/options.ts";
import { srvNames } from "./names.ts";
import { Service } from "./service.ts";

/** Options of `srvAgent` and `srvConnect`. The socket defaults are those of HTTP clients. */
export interface SrvHttpOptions extends SrvDialerOptions {
  /**
   * The SRV names: names such as `search.dev-ecs`, or `*.dev-ecs` for all names below. Other hosts are
   * connected to directly.
   * @default every name except `localhost`
   */
  names?: readonly string[];
  /**
   * True: each DNS answer names only some of the targets, as Cloud Map's do for a service with more than eight
   * instances. Then a connection is not closed because its target is missing in an answer.
   * @default false
   */
  partialAnswers?: boolean;
  /** `TCP_NODELAY`, as in `net.connect`. @default true */
  noDelay?: boolean;
  /** `SO_KEEPALIVE`, as in `net.connect`. @default true */
  keepAlive?: boolean;
  /** Idle time in ms before the first keep-alive probe, as in `net.connect`. @default 60000 */
  keepAliveInitialDelay?: number;
}

export const HTTP_OPTIONS = [
  ...DIALER_OPTIONS,
  "names",
  "partialAnswers",
] satisfies (keyof SrvHttpOptions)[];

/** The socket defaults of HTTP clients. */
const SOCKET_DEFAULTS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };

/** Where a request goes. */
export interface Destination {
  readonly host: string;
  /** Undefined: the protocol's default port. */
  readonly port: number | undefined;
}

/** The SRV names that one agent or connector uses. */
export class Services {
  /** Options of the connections, with defaults filled in. */
  readonly options: Omit<SrvHttpOptions, "names" | "partialAnswers">;
  readonly #isSrvName: (host: string) => boolean;
  readonly #known: Recent<Service>;
  #lifetime = new Lifetime();

  /** @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option */
  constructor(given: SrvHttpOptions) {
    if (!isRecord(given)) throw invalidArg("options", given, "an object");
    refuseUnknown("", given, HTTP_OPTIONS);
    const { names, partialAnswers = false, ...options }: SrvHttpOptions = given;
    this.#isSrvName = srvNames(names);
    if (typeof partialAnswers !== "boolean") {
      throw invalidArg("partialAnswers", partialAnswers, "a boolean");
    }
    this.options = { ...SOCKET_DEFAULTS, ...withoutUndefined(options) };
    // Validate now, not at the first request.
    parseOptions("name", this.options);
    // Without `tls`: each dial sets it, as one name may be used with and without TLS.
    const { tls: _tls, ...ofDialer } = this.options;
    this.#known = new Recent(
      (name) => new Service(new Dialer(parseOptions(name, ofDialer)), !partialAnswers),
    );
  }

  /** Whether a destination is looked up through SRV records; never with an explicit port. */
  has({ host, port }: Destination): boolean {
    return port === undefined && this.#isSrvName(host);
  }

  /** @throws {SrvDialError} ERR_SRV_INVALID_ARG for an invalid name */
  of(host: string): Service {
    return this.#known.of(host.toLowerCase());
  }

  /** The lifetime of all dials; `close` ends it. It also covers services that are no longer kept. */
  get lifetime(): Lifetime {
    return this.#lifetime;
  }

  /** Ends pending dials with ERR_SRV_CLOSED and clears the cache. Open connections stay open. */
  close(): void {
    for (const service of this.#known.clear()) service.close();
    this.#lifetime.end(new Interruption("ERR_SRV_CLOSED", "ended: its client was closed"));
    this.#lifetime = new Lifetime();
  }
}
