// DNS servers of the whole process, as `dns.setServers` sets them, until the end of a test.
import dns from "node:dns";
import { onTestFinished } from "vitest";

import { type DnsServer, startDnsServer } from "../../../runtime/src/testing.ts";

export function setServers(...servers: readonly string[]): void {
  const before = dns.getServers();
  dns.setServers(servers);
  onTestFinished(() => dns.setServers(before));
}

/** Starts a DNS server that the process asks. */
export async function serve(): Promise<DnsServer> {
  const server = await startDnsServer();
  onTestFinished(() => server.close());
  setServers(server.address);
  return server;
}
