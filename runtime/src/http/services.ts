import { isIP } from "node:net";
import type { ConnectionOptions } from "node:tls";
import { checkBoolean, checkOptions, invalidArg, withoutUndefined } from "../base/checks.ts";
import { canonicalName, isLocalhost, nameProblem } from "../base/name.ts";
import type { SrvDialerOptions } from "../base/types.ts";
import { Dialer } from "../dialer/dialer.ts";
import { DIALER_OPTIONS, parseOptions } from "../dialer/options.ts";
import { Shared } from "../base/shared.ts";
import { Sessions } from "./sessions.ts";
import { Service } from "./service.ts";

/**
 * Options of `srvAgent` and `srvConnect`: those of a dialer, but `wait`, `noDelay` and `keepAlive` are true by default,
 * and `keepAliveInitialDelay` is 60000 ms.
 */
export interface SrvHttpOptions extends SrvDialerOptions {
  /**
   * SRV names such as `search.dev-ecs`, or `*.dev-ecs` for all names below. Other hosts are connected to directly.
   * @default every name except `localhost`
   */
  names?: readonly string[];
  /**
   * True: each DNS answer names only some of the targets, as Cloud Map's do for a service with more than eight
   * instances. Then a connection is not closed because its target is missing in an answer.
   * @default false
   */
  partialAnswers?: boolean;
}

export const HTTP_OPTIONS = [
  ...DIALER_OPTIONS,
  "names",
  "partialAnswers",
] satisfies (keyof SrvHttpOptions)[];

const DEFAULTS = { wait: true, noDelay: true, keepAlive: true, keepAliveInitialDelay: 60_000 };

/** How many recently used names are cached although they have neither a connection nor a running dial. */
const KEPT = 1_000;

/** The SRV names that one agent or connector uses. */
export class Services {
  /** Options of the connections, with defaults filled in. */
  readonly options: SrvDialerOptions;
  readonly #names: readonly string[] | undefined;
  readonly #isPartial: boolean;
  readonly #services = new Shared<Service>(KEPT);
  readonly sessions: Sessions;

  constructor(given: SrvHttpOptions) {
    checkOptions(given, HTTP_OPTIONS);
    const { names, partialAnswers, ...options }: SrvHttpOptions = given;
    this.#isPartial = checkBoolean("partialAnswers", partialAnswers) ?? false;
    this.#names = names === undefined ? undefined : checkNames(names).map(canonicalName);
    this.options = { ...DEFAULTS, ...withoutUndefined(options) };
    this.sessions = new Sessions(this.options);
    // Validate now, not at the first request.
    parseOptions("name", this.options);
  }

  /** Whether a host is looked up through SRV records; never IP addresses, `localhost`, or with an explicit port. */
  has(host: string, port: number | undefined): boolean {
    if (port !== undefined || isIP(host) !== 0 || isLocalhost(host)) return false;
    const name = canonicalName(host);
    const matches = (pattern: string): boolean =>
      pattern.startsWith("*.") ? name.endsWith(pattern.slice(1)) : name === pattern;
    return this.#names?.some(matches) ?? true;
  }

  of(host: string): Service {
    return this.#services.of(canonicalName(host), () => {
      // Each dial sets TLS, as one name may be used with and without it.
      const dialer = new Dialer(parseOptions(host.toLowerCase(), { ...this.options, tls: false }));
      return new Service(dialer, !this.#isPartial);
    });
  }

  /** TLS options of a connection. A servername that is the URL's host, as clients set it, is left to the dialer. */
  tlsOf(
    host: string,
    servername?: string | null,
    ofRequest?: ConnectionOptions,
  ): ConnectionOptions {
    const { tls } = this.options;
    return {
      ALPNProtocols: ["http/1.1"],
      ...ofRequest,
      ...(servername && servername !== host ? { servername } : {}),
      ...(typeof tls === "object" ? withoutUndefined(tls) : {}),
    };
  }

  close(): void {
    for (const service of this.#services.clear()) service.close();
  }
}

function isPattern(name: unknown): boolean {
  return typeof name === "string" && nameProblem(name.replace(/^\*\./, "")) === undefined;
}

function checkNames(names: readonly string[]): readonly string[] {
  if (Array.isArray(names) && names.length > 0 && names.every(isPattern)) return names;
  const allowed = "a list of SRV names, such as search.dev-ecs, or *.dev-ecs for all names below";
  throw invalidArg("names", names, allowed);
}
