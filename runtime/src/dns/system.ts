import dns from "node:dns";
import { readFileSync } from "node:fs";
import { isIP } from "node:net";

/** What is read of the machine. */
const machine = {
  /** A new resolver reads the configuration again. */
  getServers: () => new dns.Resolver().getServers(),
  resolvConf: () => readFileSync("/etc/resolv.conf", "utf8"),
};

export type Machine = typeof machine;

/** The addresses of the system's name servers, in order: Node.js drops the zone of a link-local one, resolv.conf has it. */
export function systemServerAddresses(of: Machine = machine): readonly string[] {
  const servers = of.getServers();
  if (!servers.some((server) => /^\[?fe[89ab][^%]*$/i.test(server))) return servers;
  const configured = linesOf(of).flatMap(([keyword, server = ""]) =>
    // As in c-ares, a line that is no address does not count.
    keyword === "nameserver" && isIP(server) !== 0 ? [server] : [],
  );
  return configured.length === 0 ? servers : configured;
}

/** The words of each line; none if there is no such file, as on Windows. */
function linesOf(of: Machine): string[][] {
  let text = "";
  try {
    text = of.resolvConf();
  } catch {}
  return text.split("\n").map((line) => line.trim().split(/\s+/));
}
