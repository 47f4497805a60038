import { execFileSync } from "node:child_process";
import dns from "node:dns";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";
import { networkInterfaces } from "node:os";

const PARAMETERS = String.raw`HKLM\SYSTEM\CurrentControlSet\Services\Tcpip\Parameters`;

/** What is read of the machine. */
const machine = {
  platform: process.platform as string,
  /** A new resolver reads the configuration again. */
  getServers: () => new dns.Resolver().getServers(),
  /** Those of the network interfaces that are up. */
  addresses: () =>
    Object.values(networkInterfaces()).flatMap((of = []) => of.map(({ address }) => address)),
  resolvConf: () => readFileSync("/etc/resolv.conf", "utf8"),
  registry: () => {
    const reg = `${process.env["SystemRoot"] ?? String.raw`C:\Windows`}\\System32\\reg.exe`;
    return execFileSync(reg, ["query", PARAMETERS, "/s"], {
      encoding: "utf8",
      timeout: 2_000,
      windowsHide: true,
      stdio: ["ignore", "pipe", "ignore"],
    });
  },
};

export type Machine = typeof machine;

/**
 * The addresses of the system's name servers, in order. Node.js finds them, with two exceptions:
 *
 * - On Windows, c-ares 1.34.6 (Node.js 20.20, 22.22, 24.13 and later) may find none, and then names 127.0.0.1
 *   (https://github.com/nodejs/node/issues/62748). The registry has them.
 * - It drops the zone of a link-local address, without which such a server cannot be reached. resolv.conf has it.
 */
export function systemServerAddresses(of: Machine = machine): readonly string[] {
  const servers = of.getServers();
  const isFallback =
    servers.length === 1 && ["127.0.0.1", "[::1]", "::1"].includes(servers[0] ?? "");
  const lacksZone = servers.some((server) => /^\[?fe[89ab][^%]*$/i.test(server));
  const isWindows = of.platform === "win32";
  const isWrong = isWindows ? isFallback : lacksZone;
  if (!isWrong) return servers;
  const configured = isWindows ? serversOfRegistry(of) : serversOfResolvConf(of);
  return configured.length === 0 ? servers : configured;
}

/** The search domains of resolv.conf. srv-dialer uses none; other programs may. */
export function searchDomains(of: Machine = machine): readonly string[] {
  // The last of these lines counts (resolv.conf(5)).
  const line = linesOf(of).findLast(([keyword = ""]) => ["search", "domain"].includes(keyword));
  return line?.slice(1) ?? [];
}

function serversOfResolvConf(of: Machine): string[] {
  return linesOf(of).flatMap(([keyword, server]) =>
    // As in c-ares, a line that is no address does not count.
    keyword === "nameserver" && server !== undefined && isIP(server) !== 0 ? [server] : [],
  );
}

/** The words of each line. */
function linesOf(of: Machine): string[][] {
  const text = orEmpty(() => of.resolvConf());
  return text.split("\n").map((line) => line.trim().split(/\s+/));
}

/** Those of the interfaces that are up: others keep what they had. A setting by hand wins over DHCP. */
function serversOfRegistry(of: Machine): string[] {
  const up = of.addresses();
  return keysOf(of).flatMap((values) => {
    const { IPAddress = "", DhcpIPAddress = "", NameServer, DhcpNameServer = "" } = values;
    const addresses = [...IPAddress.split(String.raw`\0`), DhcpIPAddress];
    if (!addresses.some((address) => up.includes(address))) return [];
    return (NameServer || DhcpNameServer).split(/[\s,]+/).filter(Boolean);
  });
}

/** The values of each key of the registry, by name. */
function keysOf(of: Machine) {
  const keys = orEmpty(() => of.registry()).split(/^HKEY_/m);
  return keys.map((key): Partial<Record<string, string>> => {
    const values = key.matchAll(/^ {4}(\S+) {4}REG_\w+ {4}(.*)$/gm);
    return Object.fromEntries(Array.from(values, ([, name, value = ""]) => [name, value.trim()]));
  });
}

/** What cannot be read counts as empty: Node's servers are used then. */
function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return "";
  }
}
