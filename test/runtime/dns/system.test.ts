import { describe, expect, it } from "vitest";
import { type Machine, systemServerAddresses } from "../../../runtime/src/dns/system.ts";

const RESOLV_CONF = `
# a comment
search dev-ecs
nameserver 10.0.0.2
nameserver resolver.example
nameserver	fe80::1%eth0
options ndots:5
`;

const machineOf = (server: string, resolvConf = (): string => RESOLV_CONF): Machine => ({
  getServers: () => ["10.0.0.1", server],
  resolvConf,
});

function throws(): never {
  throw new Error("cannot be read");
}

describe("the name servers of the system", () => {
  it("are those of Node.js, and resolv.conf is not read", () => {
    expect(systemServerAddresses(machineOf("127.0.0.1", throws))).toEqual([
      "10.0.0.1",
      "127.0.0.1",
    ]);
    expect(systemServerAddresses()).toEqual(expect.any(Array));
  });

  it.each(["fe80::1", "[fe80::1]:53"])("are in resolv.conf if Node.js names %s", (address) => {
    expect(systemServerAddresses(machineOf(address))).toEqual(["10.0.0.2", "fe80::1%eth0"]);
  });

  it.each([
    ["cannot be read", throws],
    ["has none", () => ""],
  ])("are those of Node.js if resolv.conf %s", (_what, resolvConf) => {
    const found = systemServerAddresses(machineOf("fe80::1", resolvConf));
    expect(found).toEqual(["10.0.0.1", "fe80::1"]);
  });
});
