import { describe, expect, it, vi } from "vitest";

import { systemClock } from "../../../runtime/src/base/clock.ts";
import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import { Exchange } from "../../../runtime/src/dns/exchange.ts";
import type { Question, Reply } from "../../../runtime/src/dns/message.ts";
import { query } from "../../../runtime/src/dns/query.ts";
import { type DnsServers, fixedServers } from "../../../runtime/src/dns/servers.ts";
import { PATIENCE, QUESTION, SHORT, startServer } from "../support/asking.ts";
import { type Datagram, startRawServer } from "../support/raw-dns.ts";
import { trackResources } from "../support/resources.ts";

interface AskOptions {
  readonly timeout?: number;
  readonly tries?: number;
  readonly lifetime?: Lifetime;
  readonly unref?: boolean;
}

function askOf(
  servers: DnsServers,
  options: AskOptions = {},
  question: Question = QUESTION,
): Promise<Reply> {
  return query(question, {
    servers,
    timeout: PATIENCE,
    tries: 3,
    channels: new Map(),
    clock: systemClock,
    ask: (...args) => new Exchange(...args),
    lifetime: new Lifetime(),
    unref: false,
    ...options,
  });
}

function ask(servers: readonly { address: string }[], options?: AskOptions): Promise<Reply> {
  return askOf(fixedServers(servers.map(({ address }) => address)), options);
}

/** An NXDOMAIN reply with the id of the query. */
function denial({ bytes }: Datagram): Buffer {
  const reply = Buffer.from(bytes);
  reply.writeUInt16BE(0x8183, 2);
  return reply;
}

describe("query", () => {
  it("gives the first server's answer and asks no other", async () => {
    await using first = await startServer();
    await using second = await startServer();
    expect((await ask([first, second])).answers).toHaveLength(1);
    expect(second.queries).toHaveLength(0);
  });

  it("continues with the next if a port is closed", async () => {
    const first = await startServer();
    await first.close();
    await using second = await startServer();
    expect((await ask([first, second])).answers).toHaveLength(1);
  });

  it("asks a silent server again, with the same id from the same port", async () => {
    await using server = await startRawServer(({ send, ...datagram }, count) => {
      if (count === 3) send(denial(datagram));
    });
    expect((await ask([server], { timeout: SHORT })).rcode).toBe(3);
    const [first, ...again] = server.datagrams;
    expect(again).toEqual([first, first]);
  });

  it("rejects if the name does not fit into a message", async () => {
    const servers = fixedServers(["127.0.0.1"]);
    const name = "a..b";
    await expect(askOf(servers, {}, { name, type: "A" })).rejects.toThrow("is not a DNS name");
  });

  it("rejects with the reason if its lifetime has ended before, or ends immediately", async () => {
    await using server = await startServer();
    server.fault("drop");
    const reason = new Error("gone");
    const before = new Lifetime();
    before.end(reason);
    await expect(ask([server], { lifetime: before })).rejects.toBe(reason);
    const atOnce = new Lifetime();
    const binding = ask([server], { lifetime: atOnce });
    atOnce.end(reason);
    await expect(binding).rejects.toBe(reason);
  });

  it("leaves no socket and no timer after any end", async () => {
    using resources = trackResources();
    await using silent = await startServer();
    await using server = await startServer();
    silent.fault("drop");
    const options = { timeout: SHORT, tries: 2 };
    await ask([silent, server], options);
    await expect(ask([silent, silent], options)).rejects.toThrow("no answer");
    const leaving = new Lifetime();
    const left = ask([silent], { ...options, lifetime: leaving });
    await vi.waitFor(() => expect(silent.queries.length).toBeGreaterThan(5));
    leaving.end(new Error("gone"));
    await expect(left).rejects.toThrow("gone");
    await expect(resources.allGone()).resolves.toBeUndefined();
  });
});
