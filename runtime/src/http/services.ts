import { invalidArg, isRecord, refuseUnknown, withoutUndefined } from "../base/checks.ts";
import { Lifetime } from "../base/lifetime.ts";
import { Recent } from "../base/recent.ts";
import type { SrvDialerOptions } from "../base/types.ts";
import { Interruption } from "../dial/deadline.ts";
import { Dialer } from "../dial/dialer.ts";
import { DIALER_OPTIONS, parseOptions } from "../dial/options.ts";
import { srvNames } from "./names.ts";
import { Service } from "./service.ts";

/** Options of `srvAgent` and `srvConnect`. The sockets are set as HTTP clients set theirs. */
export interface SrvHttpOptions extends SrvDialerOptions {
  /**
   * What is looked up: names such as `search.dev-ecs`, or `*.dev-ecs` for all names below. Other names
   * connect plainly.
   * @default every name but `localhost`
   */
  names?: readonly string[];
  /** `TCP_NODELAY`, as of `net.connect`. @default true */
  noDelay?: boolean;
  /** `SO_KEEPALIVE`, as of `net.connect`. @default true */
  keepAlive?: boolean;
  /** Idle time in ms before the first keep-alive probe, as of `net.connect`. @default 60000 */
  keepAliveInitialDelay?: number;
}

export const HTTP_OPTIONS = [...DIALER_OPTIONS, "names"] satisfies (keyof SrvHttpOptions)[];

/** As HTTP clients set their connections. */
const SOCKET_DEFAULTS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };

/** Where a request goes. */
export interface Destination {
  readonly host: string;
  /** Undefined: the protocol's default port. */
  readonly port: number | undefined;
}

/** The SRV names that one agent or connector has met. */
export class Services {
  /** Of the connections, with every default in its place. */
  readonly options: Omit<SrvHttpOptions, "names">;
  readonly #isSrvName: (host: string) => boolean;
  readonly #known: Recent<Service>;
  #lifetime = new Lifetime();

  /** @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option */
  constructor(given: SrvHttpOptions) {
    if (!isRecord(given)) throw invalidArg("options", given, "an object");
    refuseUnknown("", given, HTTP_OPTIONS);
    const { names, ...options }: SrvHttpOptions = given;
    this.#isSrvName = srvNames(names);
    this.options = { ...SOCKET_DEFAULTS, ...withoutUndefined(options) };
    // Here, not with the first request.
    parseOptions("name", this.options);
    // Each dial says whether it is over TLS: one name may be asked both ways.
    const { tls: _tls, ...ofDialer } = this.options;
    this.#known = new Recent((name) => new Service(new Dialer(parseOptions(name, ofDialer))));
  }

  /** Whether the service behind a name is looked up: another port than the protocol's own is meant as it is. */
  has({ host, port }: Destination): boolean {
    return port === undefined && this.#isSrvName(host);
  }

  /** @throws {SrvDialError} ERR_SRV_INVALID_ARG for what is no name */
  of(host: string): Service {
    return this.#known.of(host.toLowerCase());
  }

  /** Of dials: `close` ends it. Not every service that is dialed is known: only so many are. */
  get lifetime(): Lifetime {
    return this.#lifetime;
  }

  /** Ends pending dials with ERR_SRV_CLOSED and forgets all answers. Open connections stay open. */
  close(): void {
    for (const service of this.#known.clear()) service.close();
    this.#lifetime.end(new Interruption("ERR_SRV_CLOSED", "ended: its client was closed"));
    this.#lifetime = new Lifetime();
  }
}
