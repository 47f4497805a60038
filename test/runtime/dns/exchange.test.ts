import { createSocket } from "node:dgram";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { encode } from "dns-packet";
import { describe, expect, it } from "vitest";

import { NoAnswerError, exchange } from "../../../runtime/src/dns/exchange.ts";
import type { ExchangeOptions } from "../../../runtime/src/dns/exchange.ts";
import type { Reply } from "../../../runtime/src/dns/message.ts";
import { parseServer } from "../../../runtime/src/dns/servers.ts";
import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import type { DnsServer, FaultHandler, FaultKind } from "../../../runtime/src/testing.ts";
import { PATIENCE, QUESTION, SHORT, startServer } from "../support/asking.ts";

function ask(address: string, options: Partial<ExchangeOptions> = {}): Promise<Reply> {
  const server = parseServer(address);
  return exchange(QUESTION, server, {
    edns: true,
    timeout: PATIENCE,
    lifetime: new Lifetime(),
    unref: false,
    ...options,
  });
}

/** Ports of the replies' records: what a right answer is told by. */
function portsIn({ answers }: Reply): number[] {
  return answers.flatMap((record) => (record.type === "SRV" ? [record.data.port] : []));
}

function transportsOf({ queries }: DnsServer): string[] {
  return queries.map(({ transport }) => transport);
}

describe("exchange", () => {
  it("asks over UDP and gives the reply", async () => {
    await using server = await startServer();
    expect(portsIn(await ask(server.address))).toEqual([6379]);
    expect(transportsOf(server)).toEqual(["udp"]);
  });

  it("asks with EDNS or without, as told", async () => {
    await using server = await startServer();
    await ask(server.address, { edns: true });
    await ask(server.address, { edns: false });
    expect(server.queries.map(({ edns }) => edns)).toEqual([true, false]);
  });

  it("gives errors of the server as they are", async () => {
    await using server = await startServer();
    server.fault("servfail");
    expect((await ask(server.address)).rcode).toBe(2);
  });

  it("asks over TCP when the answer was cut off", async () => {
    await using server = await startServer();
    server.fault("truncate");
    expect(portsIn(await ask(server.address))).toEqual([6379]);
    expect(transportsOf(server)).toEqual(["udp", "tcp"]);
  });

  it("reads an answer over TCP that no datagram holds", async () => {
    await using server = await startServer();
    server.fault("truncate", { transport: "udp" });
    server.fault(({ answer, send }) => send(bigAnswer(answer.readUInt16BE(0))), {
      transport: "tcp",
    });
    expect(portsIn(await ask(server.address))).toHaveLength(1_000);
  });

  it.each<FaultKind>(["wrongId", "wrongQuestion", "garbage"])(
    "ignores a reply that is spoilt (%s) and takes the right one after it",
    async (kind) => {
      await using server = await startServer();
      // Over one socket: first what the fault makes of it, then the right answer.
      server.fault(spoiltThenRight(kind));
      expect(portsIn(await ask(server.address))).toEqual([6379]);
    },
  );

  it("ignores a reply from another port", async () => {
    const silent = createSocket("udp4");
    try {
      silent.bind(0, "127.0.0.1");
      await once(silent, "listening");
      const { port } = silent.address();
      const asked = once(silent, "message");
      const reply = ask(`127.0.0.1:${port}`);
      const [query, client] = (await asked) as [Buffer, AddressInfo];
      const forged = answerTo(query, 1);
      const right = answerTo(query, 2);
      const attacker = createSocket("udp4");
      await new Promise<void>((sent) =>
        attacker.send(forged, client.port, "127.0.0.1", () => sent()),
      );
      attacker.close();
      silent.send(right, client.port, "127.0.0.1");
      expect((await reply).rcode).toBe(2);
    } finally {
      silent.close();
    }
  });

  it("ignores a reply from another address, though the port is the server's", async () => {
    const server = createSocket("udp4");
    const attacker = createSocket("udp4");
    try {
      server.bind(0, "127.0.0.1");
      await once(server, "listening");
      const { port } = server.address();
      attacker.bind(port, "127.0.0.2");
      await once(attacker, "listening");
      const asked = once(server, "message");
      const reply = ask(`127.0.0.1:${port}`);
      const [query, client] = (await asked) as [Buffer, AddressInfo];
      await new Promise<void>((sent) =>
        attacker.send(answerTo(query, 1), client.port, "127.0.0.1", () => sent()),
      );
      server.send(answerTo(query, 2), client.port, "127.0.0.1");
      expect((await reply).rcode).toBe(2);
    } finally {
      server.close();
      attacker.close();
    }
  });

  it("asks from a port of its own each time, with an id of its own", async () => {
    const server = createSocket("udp4");
    const seen: { port: number; id: number }[] = [];
    server.on("message", (query, client) => {
      seen.push({ port: client.port, id: query.readUInt16BE(0) });
      server.send(answerTo(query, 2), client.port, client.address);
    });
    try {
      server.bind(0, "127.0.0.1");
      await once(server, "listening");
      const address = `127.0.0.1:${server.address().port}`;
      // At once, so that the kernel cannot give a port again.
      await Promise.all(Array.from({ length: 30 }, () => ask(address)));
    } finally {
      server.close();
    }
    expect(new Set(seen.map(({ port }) => port)).size).toBe(30);
    // Of 65 536 ids two may be the same.
    expect(new Set(seen.map(({ id }) => id)).size).toBeGreaterThan(25);
  });

  it("rejects when the server keeps silent, over UDP as over TCP", async () => {
    await using server = await startServer();
    server.fault("drop");
    const udp = await ask(server.address, { timeout: SHORT }).catch((error: unknown) => error);
    expect(udp).toBeInstanceOf(NoAnswerError);
    expect(udp).toMatchObject({ message: `${server.address}: no answer within ${SHORT} ms` });
    server.fault(null);
    server.fault("truncate", { transport: "udp" });
    server.fault("drop", { transport: "tcp" });
    await expect(ask(server.address, { timeout: 500 })).rejects.toBeInstanceOf(NoAnswerError);
  });

  it("rejects at once when the port is closed", async () => {
    const server = await startServer();
    await server.close();
    await expect(ask(server.address)).rejects.toThrow(`${server.address}: `);
    await expect(ask(server.address)).rejects.toThrow("ECONNREFUSED");
  });

  it.each([
    ["reset", "ECONNRESET"],
    ["garbage", "malformed answer over TCP"],
    ["wrongId", "malformed answer over TCP"],
  ] as const)("rejects when TCP fails (%s)", async (kind, message) => {
    await using server = await startServer();
    server.fault("truncate", { transport: "udp" });
    server.fault(kind, { transport: "tcp" });
    await expect(ask(server.address)).rejects.toThrow(`${server.address}: `);
    await expect(ask(server.address)).rejects.toThrow(message);
  });

  it("rejects when an answer is cut off even over TCP", async () => {
    await using server = await startServer();
    server.fault(({ answer, send }) => {
      answer.writeUInt16BE(answer.readUInt16BE(2) | 0x0200, 2);
      send(answer);
    });
    await expect(ask(server.address)).rejects.toThrow("truncated even over TCP");
  });

  it("rejects for an address that no packet can be sent to", async () => {
    // A link-local address without its link.
    await expect(ask("[fe80::1]:53")).rejects.toThrow(/^\[fe80::1\]:53: .*EINVAL/);
  });

  it("rejects with the reason when its lifetime ends, at any moment", async () => {
    await using server = await startServer();
    server.fault("drop");
    const reason = new Error("gone");
    const before = new Lifetime();
    before.end(reason);
    await expect(ask(server.address, { lifetime: before })).rejects.toBe(reason);
    const atOnce = new Lifetime();
    const binding = ask(server.address, { lifetime: atOnce });
    atOnce.end(reason);
    await expect(binding).rejects.toBe(reason);
    const later = new Lifetime();
    server.fault(() => later.end(reason));
    await expect(ask(server.address, { lifetime: later })).rejects.toBe(reason);
  });
});

/** A thousand records, some 40 kB. */
function bigAnswer(id: number): Buffer {
  const answers = Array.from({ length: 1_000 }, (_, index) => ({
    type: "SRV" as const,
    name: QUESTION.name,
    ttl: 10,
    data: { target: `r${index}.ecs`, port: index + 1, priority: 1, weight: 1 },
  }));
  return encode({ type: "response", id, questions: [{ ...QUESTION, class: "IN" }], answers });
}

function spoiltThenRight(kind: FaultKind): FaultHandler {
  return ({ answer, send }) => {
    const spoilt = Buffer.from(answer);
    if (kind === "wrongId") spoilt.writeUInt16BE(answer.readUInt16BE(0) ^ 1, 0);
    // The first character of the question's name.
    if (kind === "wrongQuestion") spoilt.writeUInt8("x".charCodeAt(0), 13);
    if (kind === "garbage") spoilt.fill(0xff, 4);
    send(spoilt);
    send(Buffer.alloc(0));
    send(answer);
  };
}

/** A reply to a query, with nothing but a response code. */
function answerTo(query: Buffer, rcode: number): Buffer {
  const reply = Buffer.from(query);
  reply.writeUInt16BE(0x8180 | rcode, 2);
  return reply;
}
