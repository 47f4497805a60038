import { describe, expect, it } from "vitest";

import {
  type Machine,
  searchDomains,
  systemServerAddresses,
} from "../../../runtime/src/dns/system.ts";

/** What `reg query …\Tcpip\Parameters /s` prints on Windows 11. */
const REGISTRY = `
HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters
    DataBasePath    REG_EXPAND_SZ    %SystemRoot%\\System32\\drivers\\etc
    Domain    REG_SZ    
    SearchList    REG_SZ    example.com,corp.example.com
    DhcpDomain    REG_SZ    fritz.box

HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters\\Interfaces\\{0a}
    EnableDHCP    REG_DWORD    0x1
    NameServer    REG_SZ    
    DhcpIPAddress    REG_SZ    192.168.88.20
    DhcpNameServer    REG_SZ    192.168.88.1 192.168.88.2
    DhcpDomain    REG_SZ    fritz.box

HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters\\Interfaces\\{0b}
    EnableDHCP    REG_DWORD    0x0
    NameServer    REG_SZ    10.0.0.2,10.0.0.3
    IPAddress    REG_MULTI_SZ    10.0.0.9\\010.0.0.10
    DhcpNameServer    REG_SZ    10.0.0.99

HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\Tcpip\\Parameters\\Interfaces\\{0c}
    DhcpIPAddress    REG_SZ    172.20.0.5
    DhcpNameServer    REG_SZ    172.20.0.1
`.replaceAll("\n", "\r\n");

const RESOLV_CONF = `
# a comment
domain old.example
search dev-ecs  eu.example
nameserver 10.0.0.2
nameserver resolver.example
nameserver	fe80::1%eth0
options ndots:5
`;

function machineOf(some: Partial<Machine>): Machine {
  return {
    platform: "linux",
    getServers: () => ["10.0.0.2"],
    addresses: () => ["192.168.88.20", "10.0.0.10", "127.0.0.1"],
    resolvConf: () => RESOLV_CONF,
    registry: () => REGISTRY,
    ...some,
  };
}

function throws(): never {
  throw new Error("cannot be read");
}

describe("the name servers of the system", () => {
  it.each(["linux", "darwin", "win32"])("are those of Node.js on %s", (platform) => {
    expect(
      systemServerAddresses(machineOf({ platform, registry: throws, resolvConf: throws })),
    ).toEqual(["10.0.0.2"]);
  });

  it.each(["127.0.0.1", "::1"])("are in Windows' registry if Node.js names only %s", (address) => {
    const machine = machineOf({ platform: "win32", getServers: () => [address] });
    expect(systemServerAddresses(machine)).toEqual([
      "192.168.88.1",
      "192.168.88.2",
      "10.0.0.2",
      "10.0.0.3",
    ]);
  });

  it("are 127.0.0.1 on a Linux machine whose resolver listens there", () => {
    expect(systemServerAddresses(machineOf({ getServers: () => ["127.0.0.1"] }))).toEqual([
      "127.0.0.1",
    ]);
  });

  it.each(["fe80::1", "[fe80::1]:53"])("are in resolv.conf if Node.js names %s", (address) => {
    const machine = machineOf({ getServers: () => ["10.0.0.2", address] });
    expect(systemServerAddresses(machine)).toEqual(["10.0.0.2", "fe80::1%eth0"]);
  });

  it.each([
    ["win32", "127.0.0.1"],
    ["linux", "fe80::1"],
  ])("are those of Node.js if nothing else can be read on %s", (platform, address) => {
    const machine = { platform, getServers: () => [address] };
    const unreadable = { ...machine, registry: throws, resolvConf: throws };
    expect(systemServerAddresses(machineOf(unreadable))).toEqual([address]);
    const empty = { ...machine, registry: () => "", resolvConf: () => "" };
    expect(systemServerAddresses(machineOf(empty))).toEqual([address]);
  });

  it("are found on this machine", () => {
    expect(systemServerAddresses()).toEqual(expect.any(Array));
  });
});

describe("the search domains of the system", () => {
  it("are the last such line of resolv.conf", () => {
    expect(searchDomains(machineOf({}))).toEqual(["dev-ecs", "eu.example"]);
  });

  it("are none if they cannot be read", () => {
    expect(searchDomains(machineOf({ resolvConf: throws }))).toEqual([]);
  });
});
