import dns from "node:dns";
import { isIP } from "node:net";
import { invalidArg } from "../base/checks.ts";
import { formatEndpoint } from "../base/errors.ts";

export interface DnsServer {
  readonly address: string;
  readonly port: number;
}

const DNS_PORT = 53;
/** Between two looks at the system's configuration, in ms. */
const REREAD_AFTER = 30_000;

/** Which servers to ask now. */
export interface ServerSource {
  current(): readonly DnsServer[];
  /** None of them answered: the configuration may have changed. */
  failed(): void;
}

export function fixedServers(servers: readonly string[]): ServerSource {
  const list = servers.map(parseServer);
  return { current: () => list, failed: () => {} };
}

/**
 * Servers of the process that were the system's too: no one had called dns.setServers. Shared by all
 * resolvers, since Node reads the configuration once for all of them.
 */
const untouched = new Set<string>();

/**
 * The system's servers, read again when all fail and every 30 s: Node itself reads resolv.conf once
 * in a process. What the program chose with `dns.setServers` goes first, at once, and stays.
 */
export function systemServers(now: () => number = () => performance.now()): ServerSource {
  let servers: readonly DnsServer[] = [];
  let readAt = Number.NEGATIVE_INFINITY;
  let ofProcess = "";

  const read = (): string[] => {
    const ofSystem = new dns.Resolver().getServers();
    if (ofProcess === ofSystem.join()) untouched.add(ofProcess);
    return untouched.has(ofProcess) ? ofSystem : dns.getServers();
  };

  return {
    current() {
      // Not a named import: dns.setServers puts another function in its place.
      const seen = dns.getServers().join();
      if (seen !== ofProcess || now() - readAt >= REREAD_AFTER) {
        ofProcess = seen;
        readAt = now();
        servers = read().map(parseServer);
      }
      return servers;
    },
    failed() {
      readAt = Number.NEGATIVE_INFINITY;
    },
  };
}

/** @throws {SrvDialError} ERR_SRV_INVALID_ARG unless it is `ip`, `ip:port` or `[ipv6]:port` */
export function parseServer(server: string): DnsServer {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<v4>[^:]+))(?::(?<port>\d{1,5}))?$/.exec(server);
  const address = isIP(server) === 0 ? (match?.groups?.["v6"] ?? match?.groups?.["v4"]) : server;
  const port = isIP(server) === 0 ? Number(match?.groups?.["port"] ?? DNS_PORT) : DNS_PORT;
  if (address === undefined || isIP(address) === 0 || port < 1 || port > 65_535) {
    throw invalidArg("servers", server, '"ip", "ip:port" or "[ipv6]:port"');
  }
  return { address, port };
}

export function formatServer({ address, port }: DnsServer): string {
  return formatEndpoint(address, port);
}
