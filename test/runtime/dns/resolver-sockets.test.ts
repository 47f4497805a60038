import dns from "node:dns";

import { type Answer, decode, encode } from "dns-packet";
import { describe, expect, it } from "vitest";

import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import type { DnsResolver, DnsResolverOptions } from "../../../runtime/src/dns/resolver.ts";
import { startDnsServer } from "../../../runtime/src/testing.ts";
import type { DnsServer } from "../../../runtime/src/testing.ts";
import type { SrvAnswer } from "../../../runtime/src/base/types.ts";
import { type RawServer, startRawServer } from "../support/raw-dns.ts";
import { trackResources } from "../support/resources.ts";

const NAME = "dev-redis.dev-ecs";
const HOST = "redis-1.dev-ecs";
const forever = new AbortController().signal;
/** ms; longer than a reply on loopback takes. */
const PATIENCE = 10_000;

function resolve(server: DnsServer, options: DnsResolverOptions = {}): Promise<SrvAnswer> {
  const resolver = dnsResolver({ servers: [server.address], timeout: PATIENCE, ...options });
  return resolver.resolve(NAME, { signal: forever });
}

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

describe("resolve", () => {
  it("gives every target, and the minimum TTL", async () => {
    await using server = await startDnsServer();
    server.setSrv(NAME, [
      { host: HOST, port: 32_768, priority: 1, weight: 2, ttl: 30 },
      { host: "redis-2.dev-ecs", port: 32_769, priority: 3, weight: 4, ttl: 20 },
    ]);
    expect(await resolve(server)).toEqual({
      targets: [
        { host: HOST, port: 32_768, priority: 1, weight: 2, ttl: 30 },
        { host: "redis-2.dev-ecs", port: 32_769, priority: 3, weight: 4, ttl: 20 },
      ],
      ttl: 20,
    });
  });

  it("works without a signal, and without a context", async () => {
    await using server = await startDnsServer();
    server.setSrv(NAME, { host: HOST, port: 1 });
    const resolver = dnsResolver({ servers: [server.address] });
    await expect(resolver.resolve(NAME, {})).resolves.toMatchObject({ targets: [{ host: HOST }] });
    await expect(resolver.resolve(NAME)).resolves.toMatchObject({ targets: [{ host: HOST }] });
  });
});

describe("the system's servers", () => {
  it("are shared in the process: one resolver learns for all which of them is dead", async () => {
    await using dead = await startDnsServer();
    await using server = await startDnsServer();
    server.setSrv(NAME, { host: HOST, port: 1 });
    dead.fault("drop");
    const before = dns.getServers();
    dns.setServers([dead.address, server.address]);
    try {
      await dnsResolver({ timeout: 300 }).resolve(NAME);
      // Each query would wait for 10 s.
      for (let times = 0; times < 3; times++) {
        await dnsResolver({ timeout: PATIENCE }).resolve(NAME);
      }
    } finally {
      dns.setServers(before);
    }
    expect(dead.queries).toHaveLength(1);
    expect(server.queries).toHaveLength(4);
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

describe("lookup", () => {
  it("works without a signal", async () => {
    await using server = await startDnsServer();
    server.setAddress(HOST, ["10.0.0.1", "fd00::1"], { ttl: 9 });
    const resolver = dnsResolver({ servers: [server.address] });
    await expect(resolver.lookup(HOST, { family: 4 })).resolves.toEqual({
      addresses: ["10.0.0.1"],
      ttl: 9,
    });
  });
});
