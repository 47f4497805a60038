import dns from "node:dns";

import { type Answer, decode, encode } from "dns-packet";
import { describe, expect, it } from "vitest";

import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import type { DnsResolver, DnsResolverOptions } from "../../../runtime/src/dns/resolver.ts";
import { SrvDialError } from "../../../runtime/src/base/errors.ts";
import { startDnsServer } from "../../../runtime/src/testing.ts";
import type { DnsServer } from "../../../runtime/src/testing.ts";
import type { Family, HostAddresses, SrvAnswer } from "../../../runtime/src/base/types.ts";
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

function lookup(
  server: DnsServer,
  family: Family,
  options: DnsResolverOptions = {},
): Promise<HostAddresses> {
  const resolver = dnsResolver({ servers: [server.address], timeout: PATIENCE, ...options });
  return resolver.lookup(HOST, { signal: forever, family });
}

function typesAsked({ queries }: DnsServer): string[] {
  return queries.map(({ type }) => type).toSorted();
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

/** The same answer without its authority section. */
function withoutAuthority(answer: Buffer): Buffer {
  return encode({ ...decode(answer), authorities: [] });
}

/** A referral to other servers instead of an answer. */
function referral(answer: Buffer): Buffer {
  return encode({
    ...decode(answer),
    flags: 0x0180,
    answers: [],
    authorities: [{ type: "NS", name: "dev-ecs", ttl: 10, data: "ns.dev-ecs" }],
  });
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

  it("gives the addresses that came with the answer", async () => {
    await using server = await startDnsServer();
    server.setSrv(NAME, { host: HOST, port: 1, addresses: ["10.0.0.1", "fd00::1"] });
    const { targets, partialAddresses } = await resolve(server);
    expect(targets).toMatchObject([{ host: HOST, addresses: ["10.0.0.1", "fd00::1"] }]);
    expect(partialAddresses).toBe(true);
    expect(typesAsked(server)).toEqual(["SRV"]);
  });

  it("gives no targets, the negative TTL, and which server answered how, if there are no records", async () => {
    await using server = await startDnsServer({ negativeTtl: 7 });
    const prefix = `the DNS server ${server.address}`;
    expect(await resolve(server)).toEqual({
      targets: [],
      ttl: 7,
      reason: `${prefix} answered NXDOMAIN (there is no such name)`,
    });
    server.setSrv(NAME, []);
    expect(await resolve(server)).toEqual({
      targets: [],
      ttl: 7,
      reason: `${prefix} gave an answer without them (the name exists)`,
    });
  });

  it("follows aliases that the server followed, in one question", async () => {
    await using server = await startDnsServer();
    server.setAlias(NAME, "real.dev-ecs", { ttl: 3 });
    server.setSrv("real.dev-ecs", { host: HOST, port: 1, ttl: 30 });
    expect(await resolve(server)).toMatchObject({ targets: [{ host: HOST }], ttl: 3 });
    expect(server.queries).toHaveLength(1);
  });

  it("accepts the answer of a server that followed an alias and found nothing", async () => {
    await using server = await startDnsServer({ negativeTtl: 4 });
    server.setAlias(NAME, "real.dev-ecs");
    expect(await resolve(server)).toMatchObject({ targets: [], ttl: 4 });
    expect(server.queries).toHaveLength(1);
  });

  it("follows an alias itself if the server did not", async () => {
    await using server = await startDnsServer();
    server.setAlias(NAME, "real.dev-ecs", { ttl: 3 });
    server.setSrv("real.dev-ecs", { host: HOST, port: 1, ttl: 30 });
    server.fault(
      ({ answer, send }) => {
        // The first record of the answer is the alias; this drops the following records.
        answer.writeUInt16BE(1, 6);
        answer.writeUInt16BE(0, 8);
        answer.writeUInt16BE(0, 10);
        send(answer);
      },
      { name: NAME },
    );
    expect(await resolve(server)).toMatchObject({ targets: [{ host: HOST }], ttl: 3 });
    expect(server.queries.map(({ name }) => name)).toEqual([NAME, "real.dev-ecs"]);
  });

  it("rejects for a loop of aliases", async () => {
    await using server = await startDnsServer();
    server.setAlias(NAME, "b.dev-ecs");
    server.setAlias("b.dev-ecs", NAME);
    await expect(resolve(server)).rejects.toMatchObject({
      code: "ERR_SRV_RESOLVE",
      message: `Cannot resolve SRV ${NAME}: ${NAME} leads through more than 8 aliases`,
    });
  });

  it("rejects with the error of each server if none answers", async () => {
    await using server = await startDnsServer();
    server.fault("servfail");
    const error: unknown = await resolve(server).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SrvDialError);
    expect(error).toMatchObject({
      code: "ERR_SRV_RESOLVE",
      hostname: NAME,
      message: `Cannot resolve SRV ${NAME}: ${server.address}: SERVFAIL`,
    });
  });

  it("continues with the next server after a referral", async () => {
    await using lame = await startDnsServer();
    await using server = await startDnsServer();
    server.setSrv(NAME, { host: HOST, port: 1 });
    lame.fault(({ answer, send }) => send(referral(answer)));
    const resolver = dnsResolver({ servers: [lame.address, server.address] });
    await expect(resolver.resolve(NAME)).resolves.toMatchObject({ targets: [{ host: HOST }] });
    await expect(dnsResolver({ servers: [lame.address] }).resolve(NAME)).rejects.toMatchObject({
      code: "ERR_SRV_RESOLVE",
      message: `Cannot resolve SRV ${NAME}: ${lame.address}: refers to other servers`,
    });
  });

  it("works without a signal, and without a context", async () => {
    await using server = await startDnsServer();
    server.setSrv(NAME, { host: HOST, port: 1 });
    const resolver = dnsResolver({ servers: [server.address] });
    await expect(resolver.resolve(NAME, {})).resolves.toMatchObject({ targets: [{ host: HOST }] });
    await expect(resolver.resolve(NAME)).resolves.toMatchObject({ targets: [{ host: HOST }] });
  });

  it("rejects with the signal's reason when it is aborted", async () => {
    await using server = await startDnsServer();
    const leaving = new AbortController();
    const reason = new Error("gone");
    server.fault(() => leaving.abort(reason));
    const resolver = dnsResolver({ servers: [server.address] });
    await expect(resolver.resolve(NAME, { signal: leaving.signal })).rejects.toBe(reason);
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

  it("is over if its host is not looked up immediately", async () => {
    using resources = trackResources();
    await using server = await startBareServer();
    const resolver = dnsResolver({ servers: [server.address] });
    await resolver.resolve(NAME);
    await expect(resources.allGone()).resolves.toBeUndefined();
    await resolver.lookup(HOST);
    expect(new Set(server.datagrams.map(({ port }) => port)).size).toBe(2);
  });
});

describe("lookup", () => {
  it.each([
    [4, ["10.0.0.1"], ["A"]],
    [6, ["fd00::1"], ["AAAA"]],
    ["both", ["fd00::1", "10.0.0.1"], ["A", "AAAA"]],
  ] as const)("asks for family %s alone", async (family, addresses, types) => {
    await using server = await startDnsServer();
    server.setAddress(HOST, ["10.0.0.1", "fd00::1"], { ttl: 9 });
    const found = await lookup(server, family);
    expect(new Set(found.addresses)).toEqual(new Set(addresses));
    expect(found.ttl).toBe(9);
    expect(typesAsked(server)).toEqual(types);
  });

  it("gives one IP version if the host has only one", async () => {
    await using server = await startDnsServer();
    server.setAddress(HOST, "10.0.0.1", { ttl: 9 });
    expect((await lookup(server, "both")).addresses).toEqual(["10.0.0.1"]);
  });

  it("works without a signal, and without a context, for both IP versions", async () => {
    await using server = await startDnsServer();
    server.setAddress(HOST, ["10.0.0.1", "fd00::1"], { ttl: 9 });
    const resolver = dnsResolver({ servers: [server.address] });
    expect((await resolver.lookup(HOST, {})).addresses).toHaveLength(2);
    expect((await resolver.lookup(HOST)).addresses).toHaveLength(2);
    await expect(resolver.lookup(HOST, { family: 4 })).resolves.toEqual({
      addresses: ["10.0.0.1"],
      ttl: 9,
    });
  });

  it("gives no addresses with a TTL of 60 s if there are none and no SOA record", async () => {
    await using server = await startDnsServer();
    server.setAddress(HOST, "10.0.0.1", { ttl: 9 });
    server.fault(({ answer, send }) => send(withoutAuthority(answer)));
    expect(await lookup(server, 6)).toEqual({ addresses: [], ttl: 60 });
    expect(await lookup(server, 4)).toEqual({ addresses: ["10.0.0.1"], ttl: 9 });
    expect(await lookup(server, "both")).toEqual({ addresses: ["10.0.0.1"], ttl: 9 });
  });

  it("gives no addresses with the negative TTL if the host has none", async () => {
    await using server = await startDnsServer({ negativeTtl: 7 });
    expect(await lookup(server, "both")).toEqual({ addresses: [], ttl: 7 });
    expect(await lookup(server, 4)).toEqual({ addresses: [], ttl: 7 });
  });

  it("fails immediately for both IP versions if the port is closed", async () => {
    const server = await startDnsServer();
    await server.close();
    await expect(lookup(server, "both")).rejects.toThrow("ECONNREFUSED");
  });

  it("rejects if both IP versions fail", async () => {
    await using server = await startDnsServer();
    server.fault("servfail");
    await expect(lookup(server, "both")).rejects.toThrow(`${server.address}: SERVFAIL`);
  });
});
