import { describe, expect, it, vi } from "vitest";

import { systemClock } from "../../../runtime/src/base/clock.ts";
import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import { Exchange } from "../../../runtime/src/dns/exchange.ts";
import type { Question, Reply } from "../../../runtime/src/dns/message.ts";
import { query } from "../../../runtime/src/dns/query.ts";
import { type DnsServers, fixedServers } from "../../../runtime/src/dns/servers.ts";
import { startDnsServer } from "../../../runtime/src/testing.ts";
import { VirtualClock } from "../../../studies/simulate/virtual-clock.ts";
import { PATIENCE, QUESTION, SHORT, startServer } from "../support/asking.ts";
import { type Datagram, startRawServer } from "../support/raw-dns.ts";
import { trackResources } from "../support/resources.ts";

/** Timeout of a silent server in ms; longer than the reply of a healthy one on a busy machine. */
const SERVER_TIMEOUT = 300;

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

  it("accepts NXDOMAIN as an answer", async () => {
    await using first = await startDnsServer();
    await using second = await startServer();
    expect((await ask([first, second])).rcode).toBe(3);
    expect(second.queries).toHaveLength(0);
  });

  it.each(["servfail", "refused"] as const)("continues with the next at %s", async (kind) => {
    await using first = await startServer();
    await using second = await startServer();
    first.fault(kind);
    expect((await ask([first, second])).answers).toHaveLength(1);
    expect(first.queries).toHaveLength(1);
  });

  it("continues with the next if a port is closed", async () => {
    const first = await startServer();
    await first.close();
    await using second = await startServer();
    expect((await ask([first, second])).answers).toHaveLength(1);
  });

  it("continues with the next if one is silent", async () => {
    await using first = await startServer();
    await using second = await startServer();
    first.fault("drop");
    expect((await ask([first, second], { timeout: 500 })).answers).toHaveLength(1);
    expect(first.queries).toHaveLength(1);
  });

  it("asks a silent server again, with the same id from the same port", async () => {
    await using server = await startRawServer(({ send, ...datagram }, count) => {
      if (count === 3) send(denial(datagram));
    });
    expect((await ask([server], { timeout: SHORT })).rcode).toBe(3);
    const [first, ...again] = server.datagrams;
    expect(again).toEqual([first, first]);
  });

  it("accepts the answer of a server that takes longer than the timeout", async () => {
    await using server = await startServer();
    const delay = 3 * SHORT;
    server.fault(({ answer, send }) => void setTimeout(() => send(answer), delay));
    expect((await ask([server], { timeout: 2 * SHORT })).answers).toHaveLength(1);
  });

  it("accepts the late answer of a server while the next one is asked", async () => {
    const late: (() => void)[] = [];
    await using slow = await startRawServer(({ send, ...datagram }) => {
      late.push(() => send(denial(datagram)));
    });
    await using next = await startRawServer(() => late[0]?.());
    expect((await ask([slow, next], { timeout: 500, tries: 1 })).rcode).toBe(3);
    expect(next.datagrams).toHaveLength(1);
  });

  it("asks only the silent ones again, `tries` times in total", async () => {
    await using silent = await startServer();
    await using failing = await startServer();
    silent.fault("drop");
    failing.fault("servfail");
    await expect(ask([silent, failing], { timeout: 200, tries: 3 })).rejects.toThrow(
      `${silent.address}: no answer within 200 ms; ${failing.address}: SERVFAIL`,
    );
    expect(silent.queries).toHaveLength(3);
    expect(failing.queries).toHaveLength(1);
  });

  it("rejects with one error per server", async () => {
    await using first = await startServer();
    await using second = await startServer();
    first.fault("refused");
    second.fault("servfail");
    const error: unknown = await ask([first, second]).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AggregateError);
    expect(error).toMatchObject({
      errors: [
        { message: `${first.address}: REFUSED` },
        { message: `${second.address}: SERVFAIL` },
      ],
    });
  });

  it("rejects without servers", async () => {
    await expect(ask([])).rejects.toThrow("no DNS servers are configured");
  });

  it("rejects if the name does not fit into a message", async () => {
    const servers = fixedServers(["127.0.0.1"]);
    const name = "a..b";
    await expect(askOf(servers, {}, { name, type: "A" })).rejects.toThrow("is not a DNS name");
  });

  it("stops when its lifetime ends, without marking a server as silent", async () => {
    await using first = await startServer();
    await using second = await startServer();
    const servers = fixedServers([first.address, second.address]);
    const reason = new Error("gone");
    const leaving = new Lifetime();
    first.fault(() => leaving.end(reason));
    await expect(askOf(servers, { lifetime: leaving })).rejects.toBe(reason);
    expect(second.queries).toHaveLength(0);
    expect(servers.inOrder()[0]?.port).toBe(first.port);
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

  it("is limited by timeout and tries if all are silent", async () => {
    await using server = await startServer();
    server.fault("drop");
    await expect(ask([server], { timeout: SHORT, tries: 2 })).rejects.toThrow(
      `${server.address}: no answer within ${SHORT} ms`,
    );
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

describe("a server that gave no reply", () => {
  it("delays no later query: it is asked last", async () => {
    await using dead = await startServer();
    await using server = await startServer();
    dead.fault("drop");
    const servers = fixedServers([dead.address, server.address], new VirtualClock());
    await askOf(servers, { timeout: SERVER_TIMEOUT });
    // Each of these queries would wait for 10 s.
    for (let times = 0; times < 5; times++) await askOf(servers);
    expect(dead.queries).toHaveLength(1);
    expect(server.queries).toHaveLength(6);
  });

  it("is also one with a closed port", async () => {
    const closed = await startServer();
    await closed.close();
    await using server = await startServer();
    const servers = fixedServers([closed.address, server.address], new VirtualClock());
    await askOf(servers);
    expect(servers.inOrder()[0]?.port).toBe(server.port);
  });

  it("is one that was silent until the caller aborted, long before the timeout", async () => {
    await using dead = await startServer();
    await using server = await startServer();
    dead.fault("drop");
    const servers = fixedServers([dead.address, server.address], new VirtualClock());
    const impatient = new Lifetime();
    impatient.endAfter(150, systemClock, () => new Error("gave up"));
    await expect(askOf(servers, { timeout: 400, lifetime: impatient })).rejects.toThrow("gave up");
    expect((await askOf(servers)).answers).toHaveLength(1);
    expect(dead.queries).toHaveLength(1);
  });

  it("is not one that replied that it cannot answer", async () => {
    await using failing = await startServer();
    await using server = await startServer();
    failing.fault("servfail");
    const servers = fixedServers([failing.address, server.address], new VirtualClock());
    await askOf(servers);
    expect(servers.inOrder()[0]?.port).toBe(failing.port);
  });

  it("is asked if all others fail, and gets its place back when it replies", async () => {
    await using first = await startServer();
    await using second = await startServer();
    first.fault("drop", { times: 1 });
    const servers = fixedServers([first.address, second.address], new VirtualClock());
    await askOf(servers, { timeout: SERVER_TIMEOUT });
    second.fault("refused");
    expect((await askOf(servers)).answers).toHaveLength(1);
    expect(servers.inOrder()[0]?.port).toBe(first.port);
  });
});
