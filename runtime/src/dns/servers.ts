import dns from "node:dns";
import { isIP } from "node:net";
import { invalidArg } from "../base/checks.ts";
import { type Clock, systemClock } from "../base/time.ts";
import { formatEndpoint } from "../base/errors.ts";

export interface DnsServer {
  /** Includes its zone, if it has one: `fe80::1%eth0`. */
  readonly address: string;
  readonly port: number;
}

const DNS_PORT = 53;
/** ms between two reads of the system's configuration. One takes about 20 µs. */
const REREAD_AFTER = 1_000;
/** How long a silent server is asked last, in ms. */
const LAST_FOR = 30_000;

/** The servers of a resolver. Silent ones are asked last for 30 s, so that they rarely delay a query. */
export class DnsServers {
  readonly #clock: Clock;
  readonly #current: () => readonly DnsServer[];
  /** Until when each silent server is asked last, by `formatServer`. */
  readonly #lastUntil = new Map<string, number>();

  /** @param current gives the configured servers in order */
  constructor(clock: Clock, current: () => readonly DnsServer[]) {
    this.#clock = clock;
    this.#current = current;
  }

  inOrder(): readonly DnsServer[] {
    const now = this.#clock.now();
    const isLast = (server: DnsServer): number =>
      Number((this.#lastUntil.get(formatServer(server)) ?? 0) > now);
    return this.#current().toSorted((a, b) => isLast(a) - isLast(b));
  }

  replied(server: DnsServer): void {
    this.#lastUntil.delete(formatServer(server));
  }

  gaveNoReply(server: DnsServer): void {
    this.#lastUntil.set(formatServer(server), this.#clock.now() + LAST_FOR);
  }
}

export function fixedServers(servers: readonly string[], clock: Clock = systemClock): DnsServers {
  const list = servers.map(parseServer);
  return new DnsServers(clock, () => list);
}

/** The system's servers as Node.js reads them, unless the program sets others with `setServers` of `node:dns` or `dns.promises`. */
export function systemServers(clock: Clock = systemClock): DnsServers {
  // Unless a program sets servers, those of the process stay what Node.js reads from the system here at the latest.
  dns.promises.getServers();
  const notSet = new dns.Resolver().getServers().join();
  let servers: readonly string[] = [];
  let readAt = Number.NEGATIVE_INFINITY;
  return new DnsServers(clock, () => {
    // This sees both setServers. Not a named import, as setServers replaces the function.
    const ofProcess = dns.promises.getServers();
    if (ofProcess.join() !== notSet) return ofProcess.map(parseServer);
    if (clock.now() - readAt >= REREAD_AFTER) {
      readAt = clock.now();
      servers = new dns.Resolver().getServers();
    }
    return servers.map(parseServer);
  });
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
