import dns from "node:dns";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { invalidArg } from "../base/checks.ts";
import { type Clock, systemClock } from "../base/clock.ts";
import { formatEndpoint } from "../base/errors.ts";

export interface DnsServer {
  /** With its zone, if it has one: `fe80::1%eth0`. */
  readonly address: string;
  readonly port: number;
}

const DNS_PORT = 53;
/** Between two looks at the system's configuration, in ms. */
const REREAD_AFTER = 30_000;
/** How long a server that gave no reply is left alone before it is tried again, in ms. */
const RETRY_AFTER = 30_000;

/** Where the servers come from. */
interface Configuration {
  /** In their order. A server that stays is the same object each time. */
  current(): readonly DnsServer[];
  /** The next call of `current` looks again. */
  expire(): void;
}

/**
 * The servers of a resolver, and which of them gave no reply lately. Those are asked last, so that
 * a dead server makes one query wait, and no later one.
 */
export class DnsServers {
  readonly #configuration: Configuration;
  readonly #clock: Pick<Clock, "now">;
  /** When a server that gives no reply was tried last. */
  readonly #silent = new WeakMap<DnsServer, number>();

  constructor(configuration: Configuration, clock: Pick<Clock, "now">) {
    this.#configuration = configuration;
    this.#clock = clock;
  }

  /** All servers, in the order to ask them. */
  inOrder(): readonly DnsServer[] {
    const servers = this.#configuration.current();
    const isSilent = (server: DnsServer): boolean => this.#silent.has(server);
    if (!servers.some(isSilent)) return servers;
    return [...servers.filter((server) => !isSilent(server)), ...servers.filter(isSilent)];
  }

  /**
   * Servers that gave no reply, and were left alone for 30 s since. They are due for a query that
   * no one waits for: a reply to it gives a server its place back. Without one, it is due again
   * after another 30 s.
   */
  takeDue(): readonly DnsServer[] {
    const now = this.#clock.now();
    const due = this.#configuration.current().filter((server) => {
      const triedAt = this.#silent.get(server) ?? now;
      return now - triedAt >= RETRY_AFTER;
    });
    for (const server of due) this.gaveNoReply(server);
    return due;
  }

  /** It replied: with an answer, or with an error. */
  replied(server: DnsServer): void {
    this.#silent.delete(server);
  }

  /** It kept silent, or cannot be reached. */
  gaveNoReply(server: DnsServer): void {
    this.#silent.set(server, this.#clock.now());
  }

  /** None of them gave an answer: the configuration may have changed. */
  allFailed(): void {
    this.#configuration.expire();
  }
}

/** @throws {SrvDialError} ERR_SRV_INVALID_ARG, see {@link parseServer} */
export function fixedServers(
  servers: readonly string[],
  clock: Pick<Clock, "now"> = systemClock,
): DnsServers {
  const list = servers.map(parseServer);
  return new DnsServers({ current: () => list, expire: () => {} }, clock);
}

/**
 * The system's servers, read again when all fail and every 30 s: Node itself reads resolv.conf once
 * in a process. What the program chose with `setServers`, of `node:dns` or of its promises, goes
 * first, at once, and stays.
 */
export function systemServers({
  clock = systemClock,
  resolvConf = "/etc/resolv.conf",
}: { clock?: Pick<Clock, "now">; resolvConf?: string } = {}): DnsServers {
  let servers = new Map<string, DnsServer>();
  let readAt = Number.NEGATIVE_INFINITY;
  // It follows the setServers of both; that of node:dns follows but its own. Not a named import:
  // setServers puts another function in its place.
  let ofProcess = dns.promises.getServers().join();
  /** Servers of the process that were the system's too: no one had called setServers. */
  const untouched = new Set<string>();

  const read = (): readonly string[] => {
    const ofSystem = new dns.Resolver().getServers();
    if (ofProcess === ofSystem.join()) untouched.add(ofProcess);
    return untouched.has(ofProcess) ? ofSystem : dns.promises.getServers();
  };
  // Now, since the system's may be others by the time of the first query.
  read();
  const configuration: Configuration = {
    current() {
      const seen = dns.promises.getServers().join();
      if (seen !== ofProcess || clock.now() - readAt >= REREAD_AFTER) {
        ofProcess = seen;
        readAt = clock.now();
        const before = servers;
        servers = new Map(
          read().map((text) => [text, before.get(text) ?? parseServer(withZone(text, resolvConf))]),
        );
      }
      return [...servers.values()];
    },
    expire() {
      readAt = Number.NEGATIVE_INFINITY;
    },
  };
  return new DnsServers(configuration, clock);
}

/**
 * Node drops the zone of a link-local server, without which no packet can be sent to it. So it is
 * taken from resolv.conf.
 */
function withZone(server: string, resolvConf: string): string {
  // Stryker disable next-line ConditionalExpression,Regex: resolv.conf has a zone for link-local servers alone
  if (!/^fe80:/i.test(server)) return server;
  // Stryker disable next-line StringLiteral: such a line names no server either
  let lines = "";
  try {
    lines = readFileSync(resolvConf, "utf8");
  } catch {
    // Not every system has this file.
  }
  const zoned = lines.matchAll(/^nameserver\s+(?<address>[^\s%]+)%(?<zone>\S+)/gm);
  const found = [...zoned].find(({ groups: { address } = {} }) => address === server);
  const { zone } = found?.groups ?? {};
  return zone === undefined ? server : `${server}%${zone}`;
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
