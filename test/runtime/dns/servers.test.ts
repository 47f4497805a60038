import dns from "node:dns";
import { type MockInstance, describe, expect, it, vi } from "vitest";

import {
  type DnsServers,
  fixedServers,
  parseServer,
  systemServers,
} from "../../../runtime/src/dns/servers.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";

const REREAD_AFTER = 1_000;
/** Sets the process's servers during a test. */
function withServers(
  servers: readonly string[],
  test: () => void,
  setServers: (servers: readonly string[]) => void = dns.setServers,
): void {
  const before = dns.getServers();
  setServers(servers);
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
function withSystem(
  servers: { of: readonly string[] },
  test: (ofProcess: MockInstance<typeof dns.promises.getServers>) => void,
): void {
  const ofSystem = vi
    .spyOn(dns.Resolver.prototype, "getServers")
    .mockImplementation(() => [...servers.of]);
  const ofProcess = vi.spyOn(dns.promises, "getServers").mockReturnValue([...servers.of]);
  try {
    test(ofProcess);
  } finally {
    ofSystem.mockRestore();
    ofProcess.mockRestore();
  }
}

describe("parseServer", () => {
  it.each([
    ["10.0.0.2", "10.0.0.2", 53],
    ["10.0.0.2:5353", "10.0.0.2", 5353],
    ["10.0.0.2:1", "10.0.0.2", 1],
    ["10.0.0.2:65535", "10.0.0.2", 65_535],
    ["::1", "::1", 53],
    ["[::1]", "::1", 53],
    ["[::1]:5353", "::1", 5353],
    ["fd00:ec2::253", "fd00:ec2::253", 53],
    ["fe80::1%eth0", "fe80::1%eth0", 53],
    ["[fe80::1%eth0]:5353", "fe80::1%eth0", 5353],
  ])("reads %s", (server, address, port) => {
    expect(parseServer(server)).toEqual({ address, port });
  });

  it.each([
    "",
    "localhost",
    "10.0.0",
    "10.0.0.2:0",
    "10.0.0.2:65536",
    "10.0.0.2:",
    "a:10.0.0.2",
    "[::1",
    "[a]:1",
  ])("refuses %j", (server) => {
    expect(() => parseServer(server)).toThrow(
      `Invalid servers: got '${server}'; allowed: "ip", "ip:port" or "[ipv6]:port"`,
    );
  });
});

describe("fixedServers", () => {
  it("are always the same", () => {
    const servers = fixedServers(["10.0.0.2", "[::1]:5353"]);
    for (let times = 0; times < 2; times++) {
      expect(servers.inOrder()).toEqual([
        { address: "10.0.0.2", port: 53 },
        { address: "::1", port: 5353 },
      ]);
    }
  });

  it("are checked immediately", () => {
    expect(() => fixedServers(["10.0.0.2", "nowhere"])).toThrow("Invalid servers: got 'nowhere'");
  });
});

describe("systemServers", () => {
  it.each([
    ["dns.setServers", dns.setServers],
    ["dns.promises.setServers", dns.promises.setServers],
  ])("follows %s immediately, and back", (_name, setServers) => {
    const servers = systemServers(new VirtualClock());
    const before = servers.inOrder();
    withServers(
      ["127.0.0.1:5353", "[::1]:5354"],
      () => {
        expect(servers.inOrder()).toEqual([
          { address: "127.0.0.1", port: 5353 },
          { address: "::1", port: 5354 },
        ]);
      },
      setServers,
    );
    expect(servers.inOrder()).toEqual(before);
  });

  it("follows the later of the two", () => {
    const servers = systemServers(new VirtualClock());
    withServers(["127.0.0.1"], () => {
      dns.promises.setServers(["127.0.0.2"]);
      expect(addressesOf(servers)).toEqual(["127.0.0.2"]);
      dns.setServers(["127.0.0.3"]);
      expect(addressesOf(servers)).toEqual(["127.0.0.3"]);
    });
  });

  it("uses what was set before it was created", () => {
    withServers(["127.0.0.1:5353"], () => {
      const clock = new VirtualClock();
      const servers = systemServers(clock);
      expect(servers.inOrder()).toEqual([{ address: "127.0.0.1", port: 5353 }]);
      clock.skip(REREAD_AFTER);
      expect(servers.inOrder()).toEqual([{ address: "127.0.0.1", port: 5353 }]);
    });
  });

  it("also follows the system if it changes before the first query", () => {
    const system = { of: ["10.0.0.2"] };
    withSystem(system, (ofProcess) => {
      const servers = systemServers(new VirtualClock());
      // Node.js also reads the system configuration once.
      ofProcess.mockReturnValue(["10.0.0.2"]);
      system.of = ["10.0.0.3"];
      expect(addressesOf(servers)).toEqual(["10.0.0.3"]);
    });
  });

  it("reads the system again after 1 s, and not before", () => {
    const clock = new VirtualClock();
    const system = { of: ["10.0.0.2"] };
    withSystem(system, () => {
      const servers = systemServers(clock);
      servers.inOrder();
      system.of = ["10.0.0.3"];
      clock.skip(REREAD_AFTER - 1);
      expect(addressesOf(servers)).toEqual(["10.0.0.2"]);
      clock.skip(1);
      expect(addressesOf(servers)).toEqual(["10.0.0.3"]);
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

  it("is empty if the system has none", () => {
    withSystem({ of: [] }, () => {
      expect(systemServers().inOrder()).toEqual([]);
    });
  });
});
