import {
  checkBoolean,
  checkInteger,
  invalidArg,
  isRecord,
  refuseUnknown,
  withoutUndefined,
} from "../base/checks.ts";
import type { SrvDialerOptions } from "../base/types.ts";
import { Dialer } from "../dial/dialer.ts";
import { DIALER_OPTIONS, parseOptions } from "../dial/options.ts";
import { Shared } from "../dial/shared-dialers.ts";
import { srvNames } from "./names.ts";
import { Service } from "./service.ts";

/** Options of `srvAgent` and `srvConnect`. The socket defaults are those of HTTP clients. */
export interface SrvHttpOptions extends SrvDialerOptions {
  /** Whether a request waits for its service until the deadline. @default true */
  wait?: boolean;
  /**
   * The SRV names: names such as `search.dev-ecs`, or `*.dev-ecs` for all names below. Other hosts are
   * connected to directly.
   * @default every name except `localhost`
   */
  names?: readonly string[];
  /**
   * How many recently used names are cached while they have neither a connection nor a running dial.
   * @default 1000
   */
  maxNames?: number;
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
  "maxNames",
  "partialAnswers",
] satisfies (keyof SrvHttpOptions)[];

/** The defaults of HTTP clients, where they are not those of a dialer. */
const DEFAULTS: SrvDialerOptions = {
  wait: true,
  noDelay: true,
  keepAlive: true,
  keepAliveInitialDelay: 60_000,
};

/** Where a request goes. */
export interface Destination {
  readonly host: string;
  /** Undefined: the protocol's default port. */
  readonly port: number | undefined;
}

/** The SRV names that one agent or connector uses. */
export class Services {
  /** Options of the connections, with defaults filled in. */
  readonly options: SrvDialerOptions;
  readonly #isSrvName: (host: string) => boolean;
  readonly #isPartial: boolean;
  readonly #known: Shared<Service>;

  /** @throws {SrvDialError} ERR_SRV_INVALID_ARG naming the option */
  constructor(given: SrvHttpOptions) {
    if (!isRecord(given)) throw invalidArg("options", given, "an object");
    refuseUnknown("", given, HTTP_OPTIONS);
    const { names, maxNames, partialAnswers, ...options }: SrvHttpOptions = given;
    this.#isPartial = checkBoolean("partialAnswers", partialAnswers) ?? false;
    this.#isSrvName = srvNames(names);
    this.#known = new Shared(checkInteger("maxNames", maxNames, 1_000, 0, 1_000_000));
    this.options = { ...DEFAULTS, ...withoutUndefined(options) };
    // Validate now, not at the first request.
    parseOptions("name", this.options);
  }

  /** Whether a destination is looked up through SRV records; never with an explicit port. */
  has({ host, port }: Destination): boolean {
    return port === undefined && this.#isSrvName(host);
  }

  /** @throws {SrvDialError} ERR_SRV_INVALID_ARG for an invalid name */
  of(host: string): Service {
    const name = host.toLowerCase();
    return this.#known.of(name, () => {
      // Each dial sets TLS, as one name may be used with and without it.
      const dialer = new Dialer(parseOptions(name, { ...this.options, tls: false }));
      return new Service(dialer, !this.#isPartial);
    });
  }

  /** Ends pending dials with ERR_SRV_CLOSED and clears the cache. Open connections stay open. */
  close(): void {
    for (const service of this.#known.clear()) service.close();
  }
}
