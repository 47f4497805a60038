import dns from "node:dns";
import { describe, expect, it, vi } from "vitest";

import {
  type DnsServers,
  fixedServers,
  parseServer,
  systemServers,
} from "../../../runtime/src/dns/servers.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";

const REREAD_AFTER = 1_000;
/** Sets the process's servers during a test. */
function withServers(servers: readonly string[], test: () => void): void {
  const before = dns.getServers();
  dns.setServers(servers);
  try {
    test();
  } finally {
    dns.setServers(before);
  }
}

function addressesOf(servers: DnsServers): string[] {
  return servers.inOrder().map(({ address }) => address);
}

/** Replaces the system servers (resolv.conf) that a new resolver reads. */
function withSystem(servers: { of: readonly string[] }, test: () => void): void {
  const ofSystem = vi
    .spyOn(dns.Resolver.prototype, "getServers")
    .mockImplementation(() => [...servers.of]);
  const ofProcess = vi.spyOn(dns.promises, "getServers").mockReturnValue([...servers.of]);
  try {
    test();
  } finally {
    ofSystem.mockRestore();
    ofProcess.mockRestore();
  }
}

describe("parseServer", () => {
  it.each([
    ["10.0.0.2", "10.0.0.2", 53],
    ["10.0.0.2:5353", "10.0.0.2", 5353],
    ["10.0.0.2:65535", "10.0.0.2", 65_535],
    ["::1", "::1", 53],
    ["[::1]", "::1", 53],
    ["[::1]:5353", "::1", 5353],
    ["fe80::1%eth0", "fe80::1%eth0", 53],
    ["[fe80::1%eth0]:5353", "fe80::1%eth0", 5353],
  ])("reads %s", (server, address, port) => {
    expect(parseServer(server)).toEqual({ address, port });
  });

  it.each("|localhost|10.0.0|10.0.0.2:0|10.0.0.2:65536|10.0.0.2:|a:10.0.0.2|[::1|[a]:1".split("|"))(
    "refuses %j",
    (server) => {
      const message = `Invalid servers: got '${server}'; allowed: "ip", "ip:port" or "[ipv6]:port"`;
      expect(() => parseServer(server)).toThrow(message);
    },
  );
});

it("fixed servers are always the same, and checked immediately", () => {
  const servers = fixedServers(["10.0.0.2", "[::1]:5353"]);
  const all = [
    { address: "10.0.0.2", port: 53 },
    { address: "::1", port: 5353 },
  ];
  expect([servers.inOrder(), servers.inOrder()]).toEqual([all, all]);
  expect(() => fixedServers(["10.0.0.2", "nowhere"])).toThrow("Invalid servers: got 'nowhere'");
});

describe("systemServers", () => {
  it("follows dns.setServers and dns.promises.setServers immediately, and back", () => {
    const servers = systemServers(new VirtualClock());
    const before = servers.inOrder();
    withServers(["127.0.0.1:5353", "[::1]:5354"], () => {
      expect(addressesOf(servers)).toEqual(["127.0.0.1", "::1"]);
      dns.promises.setServers(["127.0.0.2"]);
      expect(addressesOf(servers)).toEqual(["127.0.0.2"]);
      dns.setServers(["127.0.0.3"]);
      expect(addressesOf(servers)).toEqual(["127.0.0.3"]);
    });
    expect(servers.inOrder()).toEqual(before);
  });

  it("uses what was set before it was created", () => {
    withServers(["127.0.0.1:5353"], () => {
      const servers = systemServers(new VirtualClock());
      expect(servers.inOrder()).toEqual([{ address: "127.0.0.1", port: 5353 }]);
    });
  });

  it("reads the system at the first query, again after 1 s, and not before", () => {
    const clock = new VirtualClock();
    const system = { of: ["10.0.0.2"] };
    withSystem(system, () => {
      const servers = systemServers(clock);
      system.of = ["10.0.0.3"];
      expect(addressesOf(servers)).toEqual(["10.0.0.3"]);
      system.of = ["10.0.0.4"];
      clock.skip(REREAD_AFTER - 1);
      expect(addressesOf(servers)).toEqual(["10.0.0.3"]);
      clock.skip(1);
      expect(addressesOf(servers)).toEqual(["10.0.0.4"]);
    });
  });

  it("remembers which of the unchanged servers were silent", () => {
    const system = { of: ["10.0.0.1", "10.0.0.2"] };
    withSystem(system, () => {
      const clock = new VirtualClock();
      const servers = systemServers(clock);
      for (const server of servers.inOrder()) servers.gaveNoReply(server);
      system.of = ["10.0.0.1", "10.0.0.3"];
      clock.skip(REREAD_AFTER);
      expect(addressesOf(servers)).toEqual(["10.0.0.3", "10.0.0.1"]);
    });
  });
});
