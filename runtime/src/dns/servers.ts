import dns from "node:dns";
import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { invalidArg } from "../base/checks.ts";
import { type Clock, systemClock } from "../base/clock.ts";
import { formatEndpoint } from "../base/errors.ts";

export interface DnsServer {
  /** Includes its zone, if it has one: `fe80::1%eth0`. */
  readonly address: string;
  readonly port: number;
}

type Now = Pick<Clock, "now">;

const DNS_PORT = 53;
/** Time between two reads of the system's configuration, in ms. */
const REREAD_AFTER = 30_000;
/** How long a silent server is not asked before it is tried again, in ms. */
const RETRY_AFTER = 30_000;

/**
 * The servers of a resolver, and which of them were silent recently. Those are asked last, so that a
 * dead server delays only one query.
 */
export class DnsServers {
  readonly #current: () => readonly DnsServer[];
  /** Called when no server answered: the configuration may have changed. */
  readonly allFailed: () => void;
  readonly #clock: Now;
  /** When each silent server was last tried. */
  readonly #silent = new Map<DnsServer, number>();

  /**
   * @param current gives the configured servers in order; an unchanged server is always the same object
   * @param allFailed makes the next call of `current` read the configuration again
   */
  constructor(clock: Now, current: () => readonly DnsServer[], allFailed = (): void => {}) {
    this.#clock = clock;
    this.#current = current;
    this.allFailed = allFailed;
  }

  /** All servers, in the order to ask them. */
  inOrder(): readonly DnsServer[] {
    const servers = this.#current();
    if (this.#silent.size === 0) return servers;
    const silent = servers.filter((server) => this.#silent.has(server));
    return [...servers.filter((server) => !silent.includes(server)), ...silent];
  }

  /**
   * Silent servers that were not asked for 30 s. They are due for a test query that nobody waits for: a
   * server that replies gets its place back; otherwise it is due again after another 30 s.
   */
  takeDue(): readonly DnsServer[] {
    if (this.#silent.size === 0) return [];
    const servers = this.#current();
    const due: DnsServer[] = [];
    for (const [server, triedAt] of this.#silent) {
      if (this.#clock.now() - triedAt < RETRY_AFTER) continue;
      // It may have left the configuration.
      if (!servers.includes(server)) this.#silent.delete(server);
      else due.push(server);
    }
    for (const server of due) this.gaveNoReply(server);
    return due;
  }

  replied(server: DnsServer): void {
    this.#silent.delete(server);
  }

  gaveNoReply(server: DnsServer): void {
    this.#silent.set(server, this.#clock.now());
  }
}

/** @throws {SrvDialError} ERR_SRV_INVALID_ARG, see {@link parseServer} */
export function fixedServers(servers: readonly string[], clock: Now = systemClock): DnsServers {
  const list = servers.map(parseServer);
  return new DnsServers(clock, () => list);
}

/**
 * The system's servers, read again every 30 s and when all fail; Node itself reads resolv.conf only
 * once per process. Servers that the program sets with `setServers`, of `node:dns` or `dns.promises`,
 * take precedence immediately and permanently.
 */
export function systemServers(clock: Now = systemClock, resolvConf = "/etc/resolv.conf") {
  let servers: readonly DnsServer[] = [];
  let readAt = Number.NEGATIVE_INFINITY;
  // `dns.promises.getServers` sees both setServers; the one of node:dns sees only its own. Not a named
  // import, as setServers replaces the function.
  let ofProcess = dns.promises.getServers().join();
  /** Server lists of the process that were equal to the system's: setServers had not been called. */
  const untouched = new Set<string>();

  const read = (): readonly string[] => {
    const ofSystem = new dns.Resolver().getServers();
    if (ofProcess === ofSystem.join()) untouched.add(ofProcess);
    return untouched.has(ofProcess) ? ofSystem : dns.promises.getServers();
  };
  // Read now, as the system's servers may have changed by the time of the first query.
  read();
  const current = (): readonly DnsServer[] => {
    const seen = dns.promises.getServers().join();
    if (seen !== ofProcess || clock.now() - readAt >= REREAD_AFTER) {
      ofProcess = seen;
      readAt = clock.now();
      const before = new Map(servers.map((server) => [formatServer(server), server]));
      servers = read().map((text) => {
        const server = parseServer(withZone(text, resolvConf));
        return before.get(formatServer(server)) ?? server;
      });
    }
    return servers;
  };
  return new DnsServers(clock, current, () => (readAt = Number.NEGATIVE_INFINITY));
}

/** Adds the zone of a link-local server from resolv.conf, as Node drops it. */
function withZone(server: string, resolvConf: string): string {
  // Stryker disable next-line ConditionalExpression,Regex: resolv.conf has a zone for link-local servers alone
  if (!/^fe80:/i.test(server)) return server;
  const text = existsSync(resolvConf) ? readFileSync(resolvConf, "utf8") : "";
  for (const [, address, zone] of text.matchAll(/^nameserver\s+([^\s%]+)%(\S+)/gm)) {
    if (address === server) return `${server}%${zone}`;
  }
  return server;
}

/** @throws {SrvDialError} ERR_SRV_INVALID_ARG unless it is `ip`, `ip:port` or `[ipv6]:port` */
export function parseServer(server: string): DnsServer {
  if (isIP(server) !== 0) return { address: server, port: DNS_PORT };
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<v4>[^:]+))(?::(?<port>\d{1,5}))?$/.exec(server);
  const { v6, v4: address = v6, port = DNS_PORT } = match?.groups ?? {};
  if (address === undefined || isIP(address) === 0 || Number(port) < 1 || Number(port) > 65_535) {
    throw invalidArg("servers", server, '"ip", "ip:port" or "[ipv6]:port"');
  }
  return { address, port: Number(port) };
}

export function formatServer({ address, port }: DnsServer): string {
  return formatEndpoint(address, port);
}
