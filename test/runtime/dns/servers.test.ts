import dns from "node:dns";
import { describe, expect, it, vi } from "vitest";

import {
  fixedServers,
  formatServer,
  parseServer,
  systemServers,
} from "../../../runtime/src/dns/servers.ts";

const REREAD_AFTER = 30_000;

/** The process's servers are set for as long as the test runs. */
function withServers(servers: readonly string[], test: () => void): void {
  const before = dns.getServers();
  dns.setServers(servers);
  try {
    test();
  } finally {
    dns.setServers(before);
  }
}

/** What a new resolver reads from the system, in place of resolv.conf. */
function withSystem(servers: { of: readonly string[] }, test: () => void): void {
  const ofSystem = vi
    .spyOn(dns.Resolver.prototype, "getServers")
    .mockImplementation(() => [...servers.of]);
  const ofProcess = vi.spyOn(dns, "getServers").mockReturnValue([...servers.of]);
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
    "[::1",
    "[a]:1",
  ])("refuses %j", (server) => {
    expect(() => parseServer(server)).toThrow(
      `Invalid servers: got '${server}'; allowed: "ip", "ip:port" or "[ipv6]:port"`,
    );
  });
});

describe("formatServer", () => {
  it("is what parseServer reads", () => {
    for (const server of ["10.0.0.2:53", "[::1]:5353"]) {
      expect(formatServer(parseServer(server))).toBe(server);
    }
  });
});

describe("fixedServers", () => {
  it("are always the same", () => {
    const servers = fixedServers(["10.0.0.2", "[::1]:5353"]);
    const before = servers.current();
    expect(before).toEqual([
      { address: "10.0.0.2", port: 53 },
      { address: "::1", port: 5353 },
    ]);
    servers.failed();
    expect(servers.current()).toBe(before);
  });

  it("are checked when they are given", () => {
    expect(() => fixedServers(["10.0.0.2", "nowhere"])).toThrow("Invalid servers: got 'nowhere'");
  });
});

describe("systemServers", () => {
  it("follows dns.setServers at once, and back", () => {
    const servers = systemServers(() => 0);
    const before = servers.current();
    withServers(["127.0.0.1:5353", "[::1]:5354"], () => {
      expect(servers.current()).toEqual([
        { address: "127.0.0.1", port: 5353 },
        { address: "::1", port: 5354 },
      ]);
    });
    expect(servers.current()).toEqual(before);
  });

  it("honours what was set before it was made", () => {
    withServers(["127.0.0.1:5353"], () => {
      const servers = systemServers(() => 0);
      expect(servers.current()).toEqual([{ address: "127.0.0.1", port: 5353 }]);
      servers.failed();
      expect(servers.current()).toEqual([{ address: "127.0.0.1", port: 5353 }]);
    });
  });

  it("reads the system again after 30 s, and not before", () => {
    const clock = { now: 0 };
    const system = { of: ["10.0.0.2"] };
    withSystem(system, () => {
      const servers = systemServers(() => clock.now);
      servers.current();
      system.of = ["10.0.0.3"];
      clock.now = REREAD_AFTER - 1;
      expect(servers.current()).toEqual([{ address: "10.0.0.2", port: 53 }]);
      clock.now = REREAD_AFTER;
      expect(servers.current()).toEqual([{ address: "10.0.0.3", port: 53 }]);
    });
  });

  it("reads the system again once all servers have failed", () => {
    const system = { of: ["10.0.0.2"] };
    withSystem(system, () => {
      const servers = systemServers(() => 0);
      servers.current();
      system.of = ["10.0.0.3"];
      expect(servers.current()).toEqual([{ address: "10.0.0.2", port: 53 }]);
      servers.failed();
      expect(servers.current()).toEqual([{ address: "10.0.0.3", port: 53 }]);
    });
  });

  it("knows of the change, though it was made only after it", () => {
    const system = { of: ["10.0.0.2"] };
    withSystem(system, () => {
      systemServers(() => 0).current();
      system.of = ["10.0.0.3"];
      expect(systemServers(() => 0).current()).toEqual([{ address: "10.0.0.3", port: 53 }]);
    });
  });

  it("is empty when the system has none", () => {
    withSystem({ of: [] }, () => {
      expect(systemServers(() => 0).current()).toEqual([]);
    });
  });
});
