import { type Socket, isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { invalidArg, withoutUndefined } from "../base/checks.ts";
import { canonicalName, isLocalhost, nameProblem } from "../base/name.ts";
import { Shared } from "../base/shared.ts";
import type { SrvDialerOptions } from "../base/types.ts";
import { type DialOptions, Dialer } from "../dialer/dialer.ts";
import { DIALER_OPTIONS, parseOptions } from "../dialer/options.ts";

/**
 * Options of `srvAgent` and `srvConnect`: those of a dialer, but `wait` is true by default. Connections have
 * `TCP_NODELAY`, and keep-alive probes after 60 s.
 */
export interface SrvHttpOptions extends SrvDialerOptions {
  /**
   * SRV names such as `search.dev-ecs`, or `*.dev-ecs` for all names below. Other hosts are connected to directly.
   * @default every name except `localhost`
   */
  names?: readonly string[];
}

export const HTTP_OPTIONS = [...DIALER_OPTIONS, "names"] satisfies (keyof SrvHttpOptions)[];

/** Idle time in ms before the first keep-alive probe, as in undici. */
export const keepAliveInitialDelay = 60_000;

/** The SRV names that one agent or connector dials. */
export class Services {
  /** Also of direct connections. */
  readonly timeout: number;
  /** The same, as Node.js has it; undefined: both. */
  readonly family: 4 | 6 | undefined;
  readonly tls: ConnectionOptions | undefined;
  readonly #options: SrvDialerOptions;
  readonly #names: readonly string[] | undefined;
  readonly #dialers = new Shared<Dialer>();

  constructor({ names, ...options }: SrvHttpOptions) {
    this.#names = names === undefined ? undefined : checkNames(names).map(canonicalName);
    this.#options = { wait: true, ...withoutUndefined(options) };
    const { timeout, family, tls } = parseOptions("direct", this.#options);
    this.timeout = timeout;
    this.family = family === "both" ? undefined : family;
    this.tls = tls;
  }

  /** Whether a host is looked up through SRV records; never IP addresses, `localhost`, or with another port. */
  has(host: string, isDefaultPort: boolean): boolean {
    if (!isDefaultPort || isIP(host) !== 0 || isLocalhost(host)) return false;
    const name = canonicalName(host);
    const matches = (pattern: string): boolean =>
      pattern.startsWith("*.") ? name.endsWith(pattern.slice(1)) : name === pattern;
    return this.#names?.some(matches) ?? true;
  }

  async dial(host: string, how: DialOptions): Promise<Socket> {
    // Each dial sets TLS, as one name may be used with and without it.
    const options = { ...this.#options, tls: false };
    const make = (): Dialer => new Dialer(parseOptions(host.toLowerCase(), options));
    const { socket } = await this.#dialers.of(canonicalName(host), make).dial(how);
    return socket.setNoDelay(true).setKeepAlive(true, keepAliveInitialDelay);
  }

  /** TLS options of a connection. A servername that is the URL's host, as clients set it, is left to the dialer. */
  tlsOf(host: string, servername?: string | null, more?: ConnectionOptions): ConnectionOptions {
    const own = servername && servername !== host ? { servername } : {};
    return { ALPNProtocols: ["http/1.1"], ...more, ...own, ...withoutUndefined(this.tls ?? {}) };
  }

  close(): void {
    for (const dialer of this.#dialers.clear()) dialer.close();
  }
}

function checkNames(names: unknown): readonly string[] {
  if (Array.isArray(names) && names.length > 0 && names.every(isPattern)) return names;
  const allowed = "a list of SRV names, such as search.dev-ecs, or *.dev-ecs for all names below";
  throw invalidArg("names", names, allowed);
}

function isPattern(name: unknown): name is string {
  return typeof name === "string" && nameProblem(name.replace(/^\*\./, "")) === undefined;
}
