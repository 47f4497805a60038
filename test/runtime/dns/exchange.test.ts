import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { networkInterfaces } from "node:os";
import { encode } from "dns-packet";
import { describe, expect, it, vi } from "vitest";

import { ErrorReply, Exchange } from "../../../runtime/src/dns/exchange.ts";
import type { Reply } from "../../../runtime/src/dns/message.ts";
import { parseServer } from "../../../runtime/src/dns/servers.ts";
import type { DnsServer, FaultHandler, FaultKind } from "../../../runtime/src/testing.ts";
import { QUESTION, startServer } from "../support/asking.ts";
import { startRawServer } from "../support/raw-dns.ts";
import { trackResources } from "../support/resources.ts";

function ask(address: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    start(address, (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)));
  });
}

function start(address: string, settle: (outcome: Reply | Error) => void): Exchange {
  const options = { channels: new Map(), unref: false, settle };
  const exchange = new Exchange(QUESTION, parseServer(address), options);
  exchange.send();
  return exchange;
}

function fail(): void {
  throw new Error("unexpected call");
}

const FORMERR = 1;
const NOTIMP = 4;
const SERVFAIL = 2;
const NXDOMAIN = 3;
const OPT_BYTES = 11;

/** An address of this machine with a zone, if it has one. */
const LINK_LOCAL = Object.entries(networkInterfaces())
  .flatMap(([zone, addresses = []]) => addresses.map(({ address }) => `${address}%${zone}`))
  .find((address) => address.startsWith("fe80:"));

/** Replies to another query, or that are not DNS. */
const SPOILT: readonly [string, (answer: Buffer) => Buffer][] = [
  ["another id", (answer) => Buffer.from(answer).fill((answer.at(0) ?? 0) ^ 1, 0, 1)],
  // The first character of the question's name.
  ["another question", (answer) => Buffer.from(answer).fill("x", 13, 14)],
  ["garbage after its header", (answer) => Buffer.from(answer).fill(0xff, 4)],
];

/** Ports in the records of replies, which identify the correct answer. */
function portsIn({ answers }: Reply): number[] {
  return answers.flatMap((record) => (record.type === "SRV" ? [record.data.port] : []));
}

function transportsOf({ queries }: DnsServer): string[] {
  return queries.map(({ transport }) => transport);
}

describe("exchange", () => {
  it.each([
    ["FORMERR", FORMERR],
    ["NOTIMP", NOTIMP],
  ])("asks without EDNS after %s, from the same port", async (_name, rcode) => {
    await using server = await startRawServer(({ bytes, send }, count) =>
      send(answerTo(bytes, count === 1 ? rcode : NXDOMAIN)),
    );
    expect((await ask(server.address)).rcode).toBe(NXDOMAIN);
    const [withEdns, without] = server.datagrams;
    expect(without?.port).toBe(withEdns?.port);
    expect(without?.bytes.length).toBe((withEdns?.bytes.length ?? 0) - OPT_BYTES);
  });

  it("asks without EDNS after an error over TCP, and over TCP again after truncation", async () => {
    await using server = await startServer();
    server.fault(truncated(knowsNoEdns(FORMERR)));
    expect(portsIn(await ask(server.address))).toEqual([6379]);
    expect(transportsOf(server)).toEqual(["udp", "tcp", "udp", "tcp"]);
  });

  it.each<[string, FaultKind | FaultHandler]>([
    ["SERVFAIL", "servfail"],
    ["REFUSED", "refused"],
    // It was asked again without EDNS, once.
    ["FORMERR", ({ answer, send }) => send(answerTo(answer, FORMERR))],
    ["refers to other servers", ({ answer, send }) => send(referral(answer.readUInt16BE(0)))],
  ])("reports a server that works, but cannot answer: %s", async (what, fault) => {
    await using server = await startServer();
    server.fault(fault);
    await expect(ask(server.address)).rejects.toThrow(new ErrorReply(`${server.address}: ${what}`));
    await expect(ask(server.address)).rejects.toBeInstanceOf(ErrorReply);
  });

  it("reads an answer over TCP that is too long for a datagram", async () => {
    await using server = await startServer();
    const records = Array.from({ length: 1_000 }, (_, port) => ({ host: "r.ecs", port }));
    server.setSrv(QUESTION.name, records);
    server.fault("truncate");
    expect(portsIn(await ask(server.address))).toHaveLength(1_000);
  });

  it.each(SPOILT)(
    "ignores a reply with %s and takes the right one after it",
    async (_what, spoil) => {
      await using server = await startServer();
      // Over the same socket: first the faulty reply, then the correct answer.
      server.fault(({ answer, send }) => {
        send(spoil(answer));
        send(Buffer.alloc(0));
        send(answer);
      });
      expect(portsIn(await ask(server.address))).toEqual([6379]);
    },
  );

  it("names the server if its answer to the question cannot be read", async () => {
    await using server = await startServer();
    server.fault(({ answer, send }) => send(answer.subarray(0, -1)));
    await expect(ask(server.address)).rejects.toThrow(
      new Error(`${server.address}: malformed answer`),
    );
  });

  it.each([
    ["port", "127.0.0.1"],
    ["address, though the port is the server's", "127.0.0.2"],
  ])("ignores a reply from another %s", async (_what, from) => {
    const server = createSocket("udp4");
    const attacker = createSocket("udp4");
    try {
      await once(server.bind(0, "127.0.0.1"), "listening");
      const { port } = server.address();
      await once(attacker.bind(from === "127.0.0.1" ? 0 : port, from), "listening");
      const asked = once(server, "message");
      const reply = ask(`127.0.0.1:${port}`);
      const [query, client] = (await asked) as [Buffer, AddressInfo];
      const forged = answerTo(query, SERVFAIL);
      await new Promise<void>((sent) =>
        attacker.send(forged, client.port, "127.0.0.1", () => sent()),
      );
      server.send(answerTo(query, NXDOMAIN), client.port, "127.0.0.1");
      expect((await reply).rcode).toBe(NXDOMAIN);
    } finally {
      server.close();
      attacker.close();
    }
  });

  it("sends each query from a new port, with a new id", async () => {
    await using server = await startRawServer(({ bytes, send }) => send(answerTo(bytes, NXDOMAIN)));
    // In parallel, so that the kernel cannot reuse a port.
    await Promise.all(Array.from({ length: 30 }, () => ask(server.address)));
    const seen = server.datagrams;
    expect(new Set(seen.map(({ port }) => port)).size).toBe(30);
    // Two of 65 536 ids may be the same.
    expect(new Set(seen.map(({ bytes }) => bytes.readUInt16BE(0))).size).toBeGreaterThan(25);
  });

  it("sends the same datagram again, from the same port", async () => {
    await using server = await startRawServer(({ bytes, send }, count) => {
      if (count === 3) send(answerTo(bytes, NXDOMAIN));
    });
    const outcomes: (Reply | Error)[] = [];
    const exchange = start(server.address, (outcome) => outcomes.push(outcome));
    await vi.waitFor(() => expect(server.datagrams).toHaveLength(1));
    exchange.send();
    exchange.send();
    await vi.waitFor(() => expect(outcomes).toMatchObject([{ rcode: NXDOMAIN }]));
    const [first, ...again] = server.datagrams;
    for (const each of again) expect(each).toEqual(first);
  });

  it("sends nothing again while it waits for an answer over TCP", async () => {
    await using server = await startServer();
    server.fault(truncated(() => {}));
    const exchange = start(server.address, fail);
    expect(exchange.isOverTcp).toBe(false);
    await vi.waitFor(() => expect(transportsOf(server)).toEqual(["udp", "tcp"]));
    expect(exchange.isOverTcp).toBe(true);
    exchange.send();
    // Earlier packets arrive earlier.
    server.fault(null);
    await ask(server.address);
    exchange.close();
    expect(transportsOf(server)).toEqual(["udp", "tcp", "udp"]);
  });

  it("rejects immediately if the port is closed", async () => {
    const server = await startServer();
    await server.close();
    await expect(ask(server.address)).rejects.toThrow(`${server.address}: `);
    await expect(ask(server.address)).rejects.toThrow("ECONNREFUSED");
  });

  it.each(SPOILT)("rejects for an answer over TCP with %s", async (_what, spoil) => {
    await using server = await startServer();
    server.fault(truncated(({ answer, send }) => send(spoil(answer))));
    await expect(ask(server.address)).rejects.toThrow(
      `${server.address}: malformed answer over TCP`,
    );
  });

  it("rejects if an answer is truncated even over TCP", async () => {
    await using server = await startServer();
    server.fault(({ answer, send }) => {
      answer.writeUInt16BE(answer.readUInt16BE(2) | 0x0200, 2);
      send(answer);
    });
    await expect(ask(server.address)).rejects.toThrow("truncated even over TCP");
  });

  it.runIf(LINK_LOCAL !== undefined)("reaches a link-local address on its link", async () => {
    await using server = await startRawServer(
      ({ bytes, send }) => send(answerTo(bytes, NXDOMAIN)),
      LINK_LOCAL,
    );
    expect(server.address).toMatch(/^\[fe80:.*%.*\]:\d+$/);
    expect((await ask(server.address)).rcode).toBe(NXDOMAIN);
  });

  it("rejects for an address to which no packet can be sent", async () => {
    // A link-local address without a zone.
    await expect(ask("[fe80::1]:53")).rejects.toThrow(/^\[fe80::1\]:53: .*EINVAL/);
  });

  it("leaves nothing behind and reports nothing after close, at any moment", async () => {
    using resources = trackResources();
    await using server = await startServer();
    start(server.address, fail).close();
    server.fault("drop");
    const asked = start(server.address, fail);
    await vi.waitFor(() => expect(server.queries).toHaveLength(1));
    asked.close();
    asked.close();
    server.fault(truncated(() => {}));
    const overTcp = start(server.address, fail);
    await vi.waitFor(() => expect(server.queries).toHaveLength(3));
    overTcp.close();
    await expect(resources.allGone()).resolves.toBeUndefined();
  });
});

/** A handler for queries over TCP; answers over UDP are truncated. */
function truncated(overTcp: FaultHandler): FaultHandler {
  return (context) => {
    const { query, answer, send } = context;
    if (query.transport === "tcp") return overTcp(context);
    answer.writeUInt16BE(answer.readUInt16BE(2) | 0x0200, 2);
    send(answer);
  };
}

function knowsNoEdns(rcode: number): FaultHandler {
  return ({ query, answer, send }) => send(query.edns ? answerTo(answer, rcode) : answer);
}

/** A referral, the reply for a name that other servers serve (RFC 1034, section 4.3.2). */
function referral(id: number): Buffer {
  return encode({
    type: "response",
    id,
    questions: [{ ...QUESTION, class: "IN" }],
    authorities: [{ type: "NS", name: "dev-ecs", ttl: 10, data: "ns.dev-ecs" }],
  });
}

/** A reply with only a response code. */
function answerTo(query: Buffer, rcode: number): Buffer {
  const reply = Buffer.from(query);
  reply.writeUInt16BE(0x8180 | rcode, 2);
  return reply;
}
