import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect } from "node:net";

import packet from "dns-packet";
import type { Packet, RecordType } from "dns-packet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { startDnsServer } from "../../runtime/src/testing.ts";
import type { DnsServer, SrvRecord } from "../../runtime/src/testing.ts";

const NAME = "dev-redis.dev-ecs";
const SRV = { host: "redis-1.dev-ecs", port: 6379 };
/** ms; long enough for a reply on loopback under load. A later query shows whether a server is silent. */
const PATIENCE = 5_000;

function query(name: string, type: RecordType, extra: Packet = {}): Buffer {
  const questions = [{ name, type, class: "IN" as const }];
  return packet.encode({ type: "query", id: 7, questions, ...extra });
}

const NO_FLAGS = { extendedRcode: 0, ednsVersion: 0, flags: 0, flag_do: false, options: [] };
const EDNS: Packet = {
  additionals: [{ type: "OPT", name: ".", udpPayloadSize: 1232, ...NO_FLAGS }],
};

/** Sends one datagram, and resolves with the first `count` replies. */
async function exchange(server: DnsServer, message: Buffer, count = 1): Promise<Buffer[]> {
  const socket = createSocket("udp4");
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const replies: Buffer[] = [];
    socket.send(message, server.port, "127.0.0.1");
    while (replies.length < count) {
      const [reply]: Buffer[] = await once(socket, "message", { signal });
      if (reply !== undefined) replies.push(reply);
    }
    return replies;
  } finally {
    socket.close();
  }
}

async function ask(server: DnsServer, name: string, type: RecordType, extra?: Packet) {
  const [reply] = await exchange(server, query(name, type, extra));
  return packet.decode(reply ?? Buffer.alloc(0));
}

async function askOverTcp(server: DnsServer, name: string, type: RecordType) {
  const socket = connect(server.port, "127.0.0.1");
  try {
    const signal = AbortSignal.timeout(PATIENCE);
    const message = query(name, type);
    socket.write(Buffer.concat([Buffer.of(0, message.length), message]));
    let received = Buffer.alloc(0);
    while (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) {
      const [chunk]: Buffer[] = await once(socket, "data", { signal });
      received = Buffer.concat([received, chunk ?? Buffer.alloc(0)]);
    }
    return packet.decode(received.subarray(2));
  } finally {
    socket.destroy();
  }
}

const rcode = (reply: Packet) => String(Reflect.get(reply, "rcode"));

/** A server with one record. */
async function start(): Promise<DnsServer> {
  const server = await startDnsServer();
  server.setSrv(NAME, SRV);
  return server;
}

describe("the records of startDnsServer", () => {
  it("answers SRV with the given priority, weight, port, target and TTL", async () => {
    await using server = await startDnsServer();
    server.setSrv(NAME, [
      { host: "a.dev-ecs", port: 1001, priority: 1, weight: 2, ttl: 3 },
      { host: "b.dev-ecs", port: 1002, addresses: ["127.0.0.2", "::1"] },
      // A service that is not available.
      { host: ".", port: 0 },
    ]);
    const { answers, additionals } = await ask(server, NAME, "SRV");
    expect(answers).toMatchObject([
      { ttl: 3, data: { target: "a.dev-ecs", port: 1001, priority: 1, weight: 2 } },
      { ttl: 10, data: { target: "b.dev-ecs", port: 1002, priority: 0, weight: 0 } },
      { data: { target: ".", port: 0 } },
    ]);
    expect(additionals).toMatchObject([
      { type: "A", name: "b.dev-ecs", data: "127.0.0.2" },
      { type: "AAAA", name: "b.dev-ecs", data: "::1" },
    ]);
  });

  it("answers A and AAAA, each with its own IP version", async () => {
    await using server = await startDnsServer();
    server.setAddress(SRV.host, ["127.0.0.2", "::1", "::ffff:127.0.0.3"], { ttl: 4 });
    const a = await ask(server, SRV.host, "A");
    const aaaa = await ask(server, SRV.host, "AAAA");
    expect(a.answers).toMatchObject([{ type: "A", ttl: 4, data: "127.0.0.2" }]);
    expect(aaaa.answers).toMatchObject([{ data: "::1" }, { data: "::ffff:7f00:3" }]);
  });

  it("distinguishes NXDOMAIN from a name without such records, both with an SOA record", async () => {
    await using server = await start();
    const unknown = await ask(server, "unknown.dev-ecs", "SRV");
    const noData = await ask(server, NAME, "A");
    const between = await ask(server, "dev-ecs", "A");
    expect([unknown, noData, between].map(rcode)).toEqual(["NXDOMAIN", "NOERROR", "NOERROR"]);
    for (const { answers, authorities } of [unknown, noData, between]) {
      expect(answers).toEqual([]);
      expect(authorities).toMatchObject([{ type: "SOA", name: "dev-ecs", ttl: 10 }]);
    }
  });

  it("sets TC on an answer too large for the client's UDP size, and gives it completely over TCP", async () => {
    await using server = await startDnsServer();
    const many = Array.from({ length: 60 }, (_, index) => ({ ...SRV, port: index + 1 }));
    server.setSrv(NAME, many);
    const plain = await ask(server, NAME, "SRV");
    const edns = await ask(server, NAME, "SRV", EDNS);
    const tcp = await askOverTcp(server, NAME, "SRV");
    expect([plain.flag_tc, edns.flag_tc, tcp.flag_tc]).toEqual([true, true, false]);
    expect(tcp.answers).toHaveLength(60);
    server.setSrv(NAME, many.slice(0, 30));
    const fits = await ask(server, NAME, "SRV", EDNS);
    expect(fits.answers).toHaveLength(30);
  });
});

describe("the faults of startDnsServer", () => {
  it.each([
    ["servfail", "SERVFAIL"],
    ["refused", "REFUSED"],
    ["nxdomain", "NXDOMAIN"],
    ["nodata", "NOERROR"],
  ] as const)("%s answers %s without records", async (kind, expected) => {
    await using server = await start();
    server.fault(kind);
    const reply = await ask(server, NAME, "SRV");
    expect([rcode(reply), reply.answers]).toEqual([expected, []]);
  });

  it("drop sends no reply until it ends", async () => {
    await using server = await start();
    const heal = server.fault("drop");
    const socket = createSocket("udp4");
    try {
      socket.send(query(NAME, "SRV", { id: 1 }), server.port, "127.0.0.1");
      await expect.poll(() => server.queries.length).toBe(1);
      heal();
      socket.send(query(NAME, "SRV", { id: 2 }), server.port, "127.0.0.1");
      const [reply]: Buffer[] = await once(socket, "message");
      expect(reply?.readUInt16BE(0)).toBe(2);
    } finally {
      socket.close();
    }
  });

  it("delay gives the correct answer late", async () => {
    await using server = await start();
    server.fault("delay", { delay: 60 });
    const began = performance.now();
    const { answers } = await ask(server, NAME, "SRV");
    expect(answers).toHaveLength(1);
    expect(performance.now() - began).toBeGreaterThanOrEqual(55);
  });

  it("truncate sets TC over UDP and answers over TCP", async () => {
    await using server = await start();
    server.fault("truncate");
    const udp = await ask(server, NAME, "SRV");
    const tcp = await askOverTcp(server, NAME, "SRV");
    expect(udp).toMatchObject({ flag_tc: true, answers: [] });
    expect(tcp).toMatchObject({ flag_tc: false, answers: [{ type: "SRV" }] });
  });

  it("a handler sends any bytes, any number of times", async () => {
    await using server = await start();
    server.fault(({ query: { type }, answer, send }) => {
      send(Buffer.from(type));
      send(Buffer.alloc(1400, 1));
      send(answer);
    });
    const [first, second, third] = await exchange(server, query(NAME, "SRV"), 3);
    expect(first?.toString()).toBe("SRV");
    expect(second).toHaveLength(1400);
    expect(packet.decode(third ?? Buffer.alloc(0)).answers).toHaveLength(1);
  });

  it("apply only to queries that match their options, the last one first", async () => {
    await using server = await start();
    server.fault("servfail", { name: `${NAME.toUpperCase()}.`, type: "srv" });
    server.fault("refused", { times: 1 });
    const replies = [
      await ask(server, NAME, "SRV"),
      await ask(server, NAME, "SRV"),
      await ask(server, NAME, "A"),
    ];
    expect(replies.map(rcode)).toEqual(["REFUSED", "SERVFAIL", "NOERROR"]);
    server.fault(null);
    expect(rcode(await askOverTcp(server, NAME, "SRV"))).toBe("NOERROR");
  });
});

describe("the life of startDnsServer", () => {
  it("listens on the given port, and reports if that is in use", async () => {
    await using server = await startDnsServer();
    await expect(startDnsServer({ port: server.port })).rejects.toMatchObject({
      code: "EADDRINUSE",
    });
    await server.close();
    await using again = await startDnsServer({ port: server.port });
    expect(again.address).toBe(`127.0.0.1:${server.port}`);
  });

  it("closes twice, with connections open and answers delayed", async () => {
    const server = await startDnsServer();
    server.fault("delay", { delay: 3_600_000 });
    const client = createSocket("udp4");
    const idle = connect(server.port, "127.0.0.1");
    try {
      const ended = once(idle, "close");
      await once(idle, "connect");
      client.send(query(NAME, "SRV"), server.port, "127.0.0.1");
      await expect.poll(() => server.queries.length).toBe(1);
      await Promise.all([server.close(), server.close()]);
      await ended;
    } finally {
      client.close();
      idle.destroy();
      await server.close();
    }
  });

  it("continues after a message that is not DNS", async () => {
    await using server = await start();
    const socket = createSocket("udp4");
    try {
      for (const junk of ["", "x", "\0\0\0\0\0\u0001\0\u0001\0\u0001\0\u0001"]) {
        socket.send(Buffer.from(junk), server.port, "127.0.0.1");
      }
      const { answers } = await ask(server, NAME, "SRV");
      expect(answers).toHaveLength(1);
    } finally {
      socket.close();
    }
  });
});

describe("an invalid argument of startDnsServer", () => {
  let server: DnsServer;

  beforeAll(async () => {
    server = await startDnsServer();
  });

  afterAll(() => server.close());

  it.each([
    [{ port: -1 }, "Invalid port: got -1; allowed: an integer from 0 to 65535"],
    [{ prot: 53 }, "Unknown option prot; allowed: port"],
    [null, "Invalid options: got null; allowed: an object"],
  ])("in the options %j is refused by name", async (options, message) => {
    await expect(startDnsServer(options as object)).rejects.toMatchObject({
      code: "ERR_SRV_INVALID_ARG",
      message,
    });
  });

  it.each<[unknown, string]>([
    [{ ...SRV, port: 65_536 }, "port of an SRV record of x: got 65536;"],
    [{ ...SRV, weight: -1 }, "weight of an SRV record of x: got -1;"],
    [{ host: "a" }, "port of an SRV record of x: got null;"],
    [{ ...SRV, ttl: Number.NaN }, "ttl of an SRV record of x: got NaN;"],
    [{ ...SRV, host: "a..b" }, "host of an SRV record of x: got 'a..b';"],
    [{ ...SRV, addresses: ["127.0.0"] }, "addresses of an SRV record of x: got '127.0.0';"],
    [{ ...SRV, prio: 1 }, "Unknown option prio"],
    [null, "Invalid SRV record of x: got null; allowed: an object"],
    ["x", "Invalid SRV record of x: got 'x'; allowed: an object"],
  ])("in the record %j is refused by name", async (record, message) => {
    expect(() => server.setSrv("x", [record as SrvRecord])).toThrow(message);
    expect(rcode(await ask(server, "x", "SRV"))).toBe("NXDOMAIN");
  });

  it.each<[unknown, unknown, RegExp]>([
    ["drop", { tims: 1 }, /^Unknown option tims/],
    ["drop", null, /^Invalid fault options: got null; allowed: an object$/],
    ["sulk", {}, /fault: got 'sulk'; allowed: .*servfail.*truncate/],
    ["delay", {}, /delay: got 0; allowed: milliseconds from 1/],
    ["drop", { times: 0 }, /times: got 0/],
    ["drop", { delay: -1 }, /delay: got -1; allowed/],
  ])("in the fault %j with %j is refused by name", (fault, options, message) => {
    expect(() => server.fault(fault as "drop", options as object)).toThrow(message);
  });

  it("refuses a name that is none, and an address that is none, before anything changes", () => {
    expect(() => server.setSrv("a b", SRV)).toThrow(/name: got 'a b'; allowed: labels of letters/);
    expect(() => server.setAddress("x", "localhost")).toThrow(/address of x: got 'localhost'/);
  });
});
