import { describe, expect, it, vi } from "vitest";

import { createSrvDialer } from "../../../runtime/src/dialer/dialer.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import { startDnsServer } from "../../../runtime/src/testing.ts";
import type { SrvDialer, SrvDialerOptions } from "../../../runtime/src/base/types.ts";
import { freePort } from "../../../harness/ecs/programs/free-port.ts";
import { listenTo } from "../support/channels.ts";
import {
  HOST,
  NAME,
  asked,
  dnsTo,
  failureOf,
  leadTo,
  portOf,
  resolverOf,
  startListener,
  target,
} from "../support/dialing.ts";
import { setAlias } from "../support/other-records.ts";

/** A dialer of the name with one DNS server. */
function dialerOf(dns: { address: string }, options: SrvDialerOptions = {}) {
  return createSrvDialer(NAME, { resolver: dnsResolver({ servers: [dns.address] }), ...options });
}

describe("createSrvDialer", () => {
  it("checks its name and options, and names the one that is probably meant", () => {
    expect(() => createSrvDialer("10.0.0.1")).toThrow(
      /^Invalid name: got '10\.0\.0\.1'; allowed: /,
    );
    expect(() => createSrvDialer(NAME, { timeout: 0 })).toThrow(
      /^Invalid timeout: got 0; allowed: /,
    );
    expect(() => createSrvDialer(NAME, { retries: 3 } as object)).toThrow(
      /^Unknown option retries; allowed: resolver, timeout, wait, /,
    );
    expect(() => createSrvDialer(NAME, { timout: 3 } as object)).toThrow(
      /^Unknown option timout \(did you mean timeout\?\); allowed: /,
    );
  });

  it("gives a dialer that `using` closes", async () => {
    let closed: SrvDialer;
    {
      using dialer = createSrvDialer(NAME, { resolver: resolverOf() });
      closed = dialer;
    }
    expect((await failureOf(closed.connect())).code).toBe("ERR_SRV_CLOSED");
  });
});

describe("a dial with a stubbed `setTimeout` that returns nothing", () => {
  it("works", async () => {
    await using server = await startListener();
    vi.stubGlobal("setTimeout", () => undefined);
    try {
      const dialer = createSrvDialer(NAME, { resolver: resolverOf(target(server.port)) });
      await expect(portOf(dialer.connect())).resolves.toBe(server.port);
      dialer.close();
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe("a call", () => {
  const dialer = createSrvDialer(NAME, { resolver: resolverOf() });

  it.each([
    ["connect", { timout: 1 }, "timout (did you mean timeout?); allowed: signal, timeout, wait"],
    ["connect", { wiat: true }, "wiat (did you mean wait?); allowed: signal, timeout, wait"],
    ["connect", { refresh: true }, "refresh; allowed: signal, timeout, wait"],
    ["resolve", { refersh: true }, "refersh (did you mean refresh?); allowed: signal, refresh"],
    ["resolve", { timeout: 1 }, "timeout; allowed: signal, refresh"],
  ] as const)("of %s refuses %j", async (method, options, message) => {
    const error = await failureOf(dialer[method](options as object));
    expect(error.code).toBe("ERR_SRV_INVALID_ARG");
    expect(error.message).toBe(`Unknown option ${message}`);
  });

  it("refuses a wait or refresh that is not a boolean", async () => {
    const [wait, refresh] = [1 as never, "yes" as never];
    const errors = [failureOf(dialer.connect({ wait })), failureOf(dialer.resolve({ refresh }))];
    expect((await Promise.all(errors)).map(({ message }) => message)).toEqual([
      "Invalid wait: got 1; allowed: a boolean",
      "Invalid refresh: got 'yes'; allowed: a boolean",
    ]);
  });
});

describe("connect", () => {
  it("connects to the target of the record, and counts it", async () => {
    await using server = await startListener();
    await using dns = await dnsTo(server.port);
    const dialer = dialerOf(dns);

    await expect(portOf(dialer.connect())).resolves.toBe(server.port);
    await expect(portOf(dialer.connect())).resolves.toBe(server.port);
    expect(asked(dns)).toBe(1);
    expect(dialer.stats()).toEqual({
      connects: 2,
      failures: 0,
      attempts: 2,
      resolves: 1,
      staleAnswers: 0,
      pending: 0,
    });
  });

  it("asks for the name as given", async () => {
    await using server = await startListener();
    await using dns = await dnsTo();
    dns.setSrv("_redis._tcp.example.com", { host: HOST, port: server.port });
    const resolver = dnsResolver({ servers: [dns.address] });
    const dialer = createSrvDialer("_redis._tcp.example.com", { resolver });

    await expect(portOf(dialer.connect())).resolves.toBe(server.port);
    expect(dns.queries[0]).toMatchObject({ name: "_redis._tcp.example.com", type: "SRV" });
  });

  it.each(["nxdomain", "nodata"] as const)("rejects immediately at %s", async (fault) => {
    await using dns = await dnsTo(1);
    dns.fault(fault);

    const error = await failureOf(dialerOf(dns).connect());
    expect(error).toMatchObject({ code: "ERR_SRV_NO_RECORDS", hostname: NAME, attempts: [] });
    expect(error.message).toContain(NAME);
    expect(dns.queries).toHaveLength(1);
  });

  it("says why no server answered", async () => {
    await using dns = await dnsTo(1);
    dns.fault("servfail");

    const error = await failureOf(dialerOf(dns).connect());
    expect(error).toMatchObject({ code: "ERR_SRV_RESOLVE", hostname: NAME });
    expect(error.message).toContain("SERVFAIL");
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("names every target it tried, with the reason", async () => {
    const ports = [await freePort(), await freePort()];
    await using dns = await dnsTo(...ports);

    const error = await failureOf(dialerOf(dns).connect());
    expect(error.code).toBe("ERR_SRV_CONNECT");
    for (const port of ports) {
      expect(error.message).toMatch(new RegExp(`${HOST}:${port} \\(127.0.0.1\\): .*ECONNREFUSED`));
    }
    expect(error.attempts).toEqual(
      ports.map((port) => ({
        host: HOST,
        address: "127.0.0.1",
        port,
        phase: "connect",
        error: expect.objectContaining({ code: "ECONNREFUSED" }),
        tries: 1,
        at: expect.any(Number),
      })),
    );
  });

  it("dials in the order of the records each time without a cooldown", async () => {
    await using server = await startListener();
    await using dns = await dnsTo(await freePort(), server.port);
    const dialer = dialerOf(dns, { cooldown: 0 });

    await portOf(dialer.connect());
    await portOf(dialer.connect());
    expect(dialer.stats().attempts).toBe(4);
  });

  it("skips a target if its host has no address", async () => {
    await using server = await startListener();
    await using dns = await dnsTo();
    dns.setSrv(NAME, [
      { host: "nowhere.dev-ecs", port: 1, priority: 0 },
      { host: HOST, port: server.port, priority: 1 },
    ]);
    const dialer = dialerOf(dns);

    await expect(portOf(dialer.connect())).resolves.toBe(server.port);
    dns.setSrv(NAME, { host: "nowhere.dev-ecs", port: 1 });
    const error = await failureOf(dialerOf(dns).connect());
    expect(error.code).toBe("ERR_SRV_CONNECT");
    expect(error.attempts).toMatchObject([
      { host: "nowhere.dev-ecs", address: undefined, port: 1, phase: "lookup" },
    ]);
  });

  it("accepts a target that is an alias, which RFC 2782 forbids", async () => {
    await using server = await startListener();
    await using dns = await dnsTo();
    dns.setSrv(NAME, { host: "alias.dev-ecs", port: server.port });
    setAlias(dns, "alias.dev-ecs", "another.dev-ecs", "127.0.0.1");

    await expect(portOf(dialerOf(dns).connect())).resolves.toBe(server.port);
  });

  it("looks up the IP version that is missing in the answer, and targets without addresses", async () => {
    await using server = await startListener();
    await using dns = await dnsTo();
    dns.setSrv(NAME, { host: HOST, port: server.port, addresses: ["127.0.0.1"] });
    await expect(portOf(dialerOf(dns).connect())).resolves.toBe(server.port);
    expect(dns.queries.map(({ type }) => type)).toEqual(["SRV", "AAAA"]);
    dns.queries.length = 0;
    const alone = dialerOf(dns, { family: 4 });
    await expect(portOf(alone.connect())).resolves.toBe(server.port);
    expect(dns.queries.map(({ type }) => type)).toEqual(["SRV"]);
    dns.queries.length = 0;

    // The address of another name is not an address of the target.
    dns.setSrv(NAME, [
      { host: HOST, port: server.port },
      { host: "other.dev-ecs", port: server.port, priority: 1, addresses: ["127.0.0.2"] },
    ]);
    const socket = await dialerOf(dns, { family: 4 }).connect();
    expect(socket.remoteAddress).toBe("127.0.0.1");
    expect(dns.queries.map(({ type }) => type)).toEqual(["SRV", "A"]);
    socket.destroy();
  });

  it("asks only for addresses of the IP version", async () => {
    await using server = await startListener();
    await using dns = await dnsTo(server.port);

    await portOf(dialerOf(dns, { family: 4 }).connect());
    expect(dns.queries.map(({ type }) => type)).toEqual(["SRV", "A"]);
    dns.queries.length = 0;
    const error = await failureOf(dialerOf(dns, { family: 6 }).connect());
    expect(error.message).toContain("it has no IPv6 address");
    expect(dns.queries.map(({ type }) => type)).toEqual(["SRV", "AAAA"]);
  });
});

describe("a cached answer", () => {
  it("gives the attempts if the refreshed one says that the service is not available", async () => {
    const port = await freePort();
    await using dns = await dnsTo(port);
    const dialer = dialerOf(dns, { cache: { minRefresh: 0 } });
    await dialer.resolve();
    dns.setSrv(NAME, { host: ".", port: 0 });
    const error = await failureOf(dialer.connect());
    expect(error).toMatchObject({ code: "ERR_SRV_UNAVAILABLE", attempts: [{ port }] });
    expect(error.message).toContain(`${HOST}:${port}`);
  });

  it("does not exist with cache: false; every dial asks", async () => {
    await using server = await startListener();
    await using dns = await dnsTo(server.port);
    const dialer = dialerOf(dns, { cache: false });

    await portOf(dialer.connect());
    await portOf(dialer.connect());
    expect(asked(dns)).toBe(2);
  });

  it("is used after its TTL only while no server answers", async () => {
    await using server = await startListener();
    await using dns = await dnsTo(server.port);
    dns.setSrv(NAME, { host: HOST, port: server.port, ttl: 0 });
    const dialer = dialerOf(dns, { cache: { minTtl: 0, minRefresh: 0, negativeTtl: 0 } });
    await portOf(dialer.connect());

    const heal = dns.fault("servfail", { type: "SRV" });
    await expect(portOf(dialer.connect())).resolves.toBe(server.port);
    expect(dialer.stats().staleAnswers).toBe(1);
    heal();
    dns.remove(NAME);
    expect(await failureOf(dialer.resolve({ refresh: true }))).toMatchObject({
      code: "ERR_SRV_NO_RECORDS",
    });
    dns.fault("servfail", { type: "SRV" });
    expect(await failureOf(dialer.connect())).toMatchObject({ code: "ERR_SRV_RESOLVE" });
  });
});

describe("resolve", () => {
  it("gives the targets in dial order, with the fields of the records", async () => {
    await using dns = await startDnsServer();
    dns.setSrv(NAME, [
      { host: "b.dev-ecs", port: 2, priority: 20, weight: 5, ttl: 7 },
      { host: "a.dev-ecs", port: 1, priority: 10, weight: 3, ttl: 7 },
    ]);

    await expect(dialerOf(dns).resolve()).resolves.toMatchObject([
      { host: "a.dev-ecs", port: 1, priority: 10, weight: 3, ttl: 7 },
      { host: "b.dev-ecs", port: 2, priority: 20, weight: 5, ttl: 7 },
    ]);
  });

  it("reports nothing as stale during the TTL, even if a refresh fails", async () => {
    await using dns = await dnsTo(1);
    const dialer = dialerOf(dns);
    await dialer.resolve();
    dns.fault("servfail");
    using stale = listenTo("srv-dialer:stale");
    await expect(dialer.resolve({ refresh: true })).resolves.toMatchObject([{ port: 1 }]);
    expect([...stale]).toEqual([]);
    expect(dialer.stats().staleAnswers).toBe(0);
  });
});

describe("an answer in use", () => {
  it("is refreshed before it expires, SRV records and addresses once each", async () => {
    await using server = await startListener();
    await using dns = await dnsTo(server.port);
    const dialer = dialerOf(dns, { cache: { minTtl: 0, maxTtl: 100 } });
    await portOf(dialer.connect());
    const types = (): string[] => dns.queries.map(({ type }) => type).toSorted();
    expect(types()).toEqual(["A", "AAAA", "SRV"]);
    await vi.waitUntil(() => dns.queries.length >= 6);
    expect(types()).toEqual(["A", "A", "AAAA", "AAAA", "SRV", "SRV"]);
    dialer.close();
  });

  it("is replaced for the next dial, which need not wait", async () => {
    await using first = await startListener();
    await using second = await startListener();
    await using dns = await dnsTo(first.port);
    const dialer = dialerOf(dns, { cache: { minTtl: 0, maxTtl: 100 } });
    await portOf(dialer.connect());
    leadTo(dns, second.port);
    await vi.waitUntil(() => dialer.stats().resolves === 2);
    await vi.waitFor(() => expect(portOf(dialer.connect())).resolves.toBe(second.port));
    dialer.close();
  });
});
