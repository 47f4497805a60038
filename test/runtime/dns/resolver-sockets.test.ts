import dgram from "node:dgram";
import dns from "node:dns";
import { syncBuiltinESMExports } from "node:module";
import { type Answer, decode, encode } from "dns-packet";
import { describe, expect, it, vi } from "vitest";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import type { DnsResolver, DnsResolverOptions } from "../../../runtime/src/dns/resolver.ts";
import { startDnsServer } from "../../../runtime/src/testing.ts";
import { type RawServer, startRawServer } from "../support/raw-dns.ts";
import { trackResources } from "../support/resources.ts";

const NAME = "dev-redis.dev-ecs";
const HOST = "redis-1.dev-ecs";

/** Returns one SRV record for any name, and one address for any host. */
function startBareServer(): Promise<RawServer> {
  return startRawServer(({ bytes, send }) => {
    const { id, questions = [] } = decode(bytes);
    const [{ name, type } = { name: "", type: "SRV" }] = questions;
    const srv: Answer = { type: "SRV", name, ttl: 9, data: { target: HOST, port: 1 } };
    const a: Answer = { type: "A", name, ttl: 9, data: "10.0.0.1" };
    const answers = type === "SRV" ? [srv] : type === "A" ? [a] : [];
    send(encode({ type: "response", id: id ?? 0, questions, answers }));
  });
}

/** Looks up the records, and then both families of the target's host, as a dialer does. */
async function resolveWhole(resolver: DnsResolver): Promise<void> {
  await resolver.resolve(NAME);
  await Promise.all([resolver.lookup(HOST, { family: 6 }), resolver.lookup(HOST, { family: 4 })]);
}

describe("dnsResolver", () => {
  it.each([
    [{ servers: [] }, 'Invalid servers: got []; allowed: a list of "ip", "ip:port" or'],
    [{ servers: "10.0.0.2" }, "Invalid servers: got '10.0.0.2'; allowed: a list of"],
    [{ servers: ["a.b"] }, 'Invalid servers: got \'a.b\'; allowed: "ip", "ip:port" or'],
    [{ timeout: 0 }, "Invalid timeout: got 0; allowed: milliseconds from 1 to"],
    [{ tries: 0 }, "Invalid tries: got 0; allowed: an integer from 1 to 100"],
    [{ tries: 101 }, "Invalid tries: got 101; allowed: an integer from 1 to 100"],
    [{ retries: 1 }, "Unknown option retries; allowed: servers, timeout, tries"],
    [null, "Invalid options: got null; allowed: an object"],
  ])("refuses %j", (options, message) => {
    expect(() => dnsResolver(options as DnsResolverOptions)).toThrow(message);
  });

  it.each([
    [undefined],
    [{ servers: undefined, timeout: undefined, tries: undefined }],
    [{ servers: ["10.0.0.2", "[::1]:53"], timeout: 1, tries: 100 }],
  ])("accepts %j, and asks nothing yet", (options) => {
    const methods = { resolve: expect.any(Function), lookup: expect.any(Function) };
    expect(dnsResolver(options as object)).toEqual(methods);
  });

  it("gives every target with the minimum TTL, and addresses, without a context", async () => {
    await using server = await startDnsServer();
    const targets = [
      { host: HOST, port: 32_768, priority: 1, weight: 2, ttl: 30 },
      { host: "redis-2.dev-ecs", port: 32_769, priority: 3, weight: 4, ttl: 20 },
    ];
    server.setSrv(NAME, targets);
    server.setAddress(HOST, ["10.0.0.1", "fd00::1"], { ttl: 9 });
    const resolver = dnsResolver({ servers: [server.address] });
    expect(await resolver.resolve(NAME)).toEqual({ targets, ttl: 20 });
    expect(await resolver.resolve(NAME, {})).toEqual({ targets, ttl: 20 });
    const addresses = await resolver.lookup(HOST, { family: 4 });
    expect(addresses).toEqual({ addresses: ["10.0.0.1"], ttl: 9 });
  });

  it("asks over UDP, and says why if it cannot", async () => {
    const createSocket = vi.spyOn(dgram, "createSocket").mockImplementation(() => {
      throw new Error("no more sockets");
    });
    syncBuiltinESMExports();
    try {
      const resolver = dnsResolver({ servers: ["10.0.0.2"], tries: 1 });
      await expect(resolver.resolve("a.b")).rejects.toThrow("no more sockets");
      expect(createSocket).toHaveBeenCalledWith(expect.objectContaining({ type: "udp4" }));
    } finally {
      createSocket.mockRestore();
      syncBuiltinESMExports();
    }
  });

  it("shares the system's servers in the process: one learns for all which of them is dead", async () => {
    await using dead = await startDnsServer();
    await using server = await startDnsServer();
    server.setSrv(NAME, { host: HOST, port: 1 });
    dead.fault("drop");
    const before = dns.getServers();
    dns.setServers([dead.address, server.address]);
    try {
      await dnsResolver({ timeout: 300 }).resolve(NAME);
      // Each query would wait for 10 s.
      for (let times = 0; times < 3; times++) await dnsResolver({ timeout: 10_000 }).resolve(NAME);
    } finally {
      dns.setServers(before);
    }
    expect([dead.queries.length, server.queries.length]).toEqual([1, 4]);
  });
});

describe("a resolution", () => {
  it("sends all queries from one port, each with its own id", async () => {
    using resources = trackResources();
    await using server = await startBareServer();
    await resolveWhole(dnsResolver({ servers: [server.address] }));
    const asked = server.datagrams.map(({ bytes }) => decode(bytes));
    expect(asked.map(({ questions }) => questions?.[0]?.type)).toEqual(["SRV", "AAAA", "A"]);
    expect(new Set(server.datagrams.map(({ port }) => port)).size).toBe(1);
    // Two of 65 536 ids may be the same.
    expect(new Set(asked.map(({ id }) => id)).size).toBeGreaterThan(1);
    await expect(resources.allGone()).resolves.toBeUndefined();
  });

  it("shares no port with another one", async () => {
    await using server = await startBareServer();
    const resolver = dnsResolver({ servers: [server.address] });
    // In parallel, so that the kernel cannot reuse a port.
    await Promise.all(Array.from({ length: 20 }, () => resolveWhole(resolver)));
    const ports = new Map<number, number>();
    for (const { port } of server.datagrams) ports.set(port, (ports.get(port) ?? 0) + 1);
    expect(Math.max(...ports.values())).toBe(3);
  });
});
