import { describe, expect, it, vi } from "vitest";

import { query } from "../../../runtime/src/dns/query.ts";
import { fixedServers } from "../../../runtime/src/dns/servers.ts";
import { Lifetime } from "../../../runtime/src/base/lifetime.ts";
import { startDnsServer } from "../../../runtime/src/testing.ts";
import type { DnsServer } from "../../../runtime/src/testing.ts";
import { PATIENCE, QUESTION, SHORT, startServer } from "../support/asking.ts";

function ask(
  servers: readonly DnsServer[],
  options: { timeout?: number; tries?: number; lifetime?: Lifetime } = {},
) {
  const source = fixedServers(servers.map(({ address }) => address));
  const failed = vi.spyOn(source, "failed");
  const reply = query(QUESTION, {
    servers: source,
    timeout: PATIENCE,
    tries: 3,
    lifetime: new Lifetime(),
    unref: false,
    ...options,
  });
  return { reply, failed };
}

describe("query", () => {
  it("gives the first server's answer and asks no other", async () => {
    await using first = await startServer();
    await using second = await startServer();
    const { reply, failed } = ask([first, second]);
    expect((await reply).answers).toHaveLength(1);
    expect(second.queries).toHaveLength(0);
    expect(failed).not.toHaveBeenCalled();
  });

  it("takes NXDOMAIN for an answer", async () => {
    await using first = await startDnsServer();
    await using second = await startServer();
    expect((await ask([first, second]).reply).rcode).toBe(3);
    expect(second.queries).toHaveLength(0);
  });

  it.each(["servfail", "refused"] as const)("goes on to the next upon %s", async (kind) => {
    await using first = await startServer();
    await using second = await startServer();
    first.fault(kind);
    expect((await ask([first, second]).reply).answers).toHaveLength(1);
    expect(first.queries).toHaveLength(1);
  });

  it("goes on to the next when a port is closed", async () => {
    const first = await startServer();
    await first.close();
    await using second = await startServer();
    expect((await ask([first, second]).reply).answers).toHaveLength(1);
  });

  it("goes on to the next when one is silent", async () => {
    await using first = await startServer();
    await using second = await startServer();
    first.fault("drop");
    expect((await ask([first, second], { timeout: 500 }).reply).answers).toHaveLength(1);
    expect(first.queries).toHaveLength(1);
  });

  it("asks a silent server again, and takes its late word", async () => {
    await using server = await startServer();
    server.fault("drop", { times: 2 });
    expect((await ask([server], { timeout: 500, tries: 3 }).reply).answers).toHaveLength(1);
    expect(server.queries).toHaveLength(3);
  });

  it("asks only the silent ones again, `tries` times in all", async () => {
    await using silent = await startServer();
    await using failing = await startServer();
    silent.fault("drop");
    failing.fault("servfail");
    const { reply, failed } = ask([silent, failing], { timeout: 200, tries: 3 });
    await expect(reply).rejects.toThrow(
      `${silent.address}: no answer within 200 ms; ${failing.address}: SERVFAIL`,
    );
    expect(silent.queries).toHaveLength(3);
    expect(failing.queries).toHaveLength(1);
    expect(failed).toHaveBeenCalledTimes(1);
  });

  it("rejects with one error a server", async () => {
    await using first = await startServer();
    await using second = await startServer();
    first.fault("refused");
    second.fault("servfail");
    const error: unknown = await ask([first, second]).reply.catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(AggregateError);
    expect(error).toMatchObject({
      errors: [
        { message: `${first.address}: REFUSED` },
        { message: `${second.address}: SERVFAIL` },
      ],
    });
  });

  it.each(["formerr", "notimp"] as const)("asks without EDNS after %s", async (kind) => {
    await using server = await startServer();
    server.fault(kind, { edns: true });
    expect((await ask([server]).reply).answers).toHaveLength(1);
    expect(server.queries.map(({ edns }) => edns)).toEqual([true, false]);
  });

  it("asks without EDNS only once", async () => {
    await using server = await startServer();
    server.fault("formerr");
    await expect(ask([server]).reply).rejects.toThrow(`${server.address}: FORMERR`);
    expect(server.queries).toHaveLength(2);
  });

  it("rejects when there are no servers", async () => {
    await expect(ask([]).reply).rejects.toThrow("no DNS servers are configured");
  });

  it("stops when its lifetime ends, and blames no server", async () => {
    await using first = await startServer();
    await using second = await startServer();
    const reason = new Error("gone");
    const leaving = new Lifetime();
    first.fault(() => leaving.end(reason));
    const { reply, failed } = ask([first, second], { lifetime: leaving });
    await expect(reply).rejects.toBe(reason);
    expect(second.queries).toHaveLength(0);
    expect(failed).not.toHaveBeenCalled();
  });

  it("is bounded by timeout and tries when all are silent", async () => {
    await using server = await startServer();
    server.fault("drop");
    await expect(ask([server], { timeout: SHORT, tries: 2 }).reply).rejects.toThrow(
      `${server.address}: no answer within ${SHORT} ms`,
    );
  });
});
