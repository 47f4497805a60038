import { describe, expect, it, vi } from "vitest";

import { createSrvDialer } from "../../../runtime/src/dial/dialer.ts";
import { dnsResolver } from "../../../runtime/src/dns/resolver.ts";
import type { HostAddresses, SrvResolver, SrvVerify } from "../../../runtime/src/base/types.ts";
import { listenTo } from "../support/channels.ts";
import {
  HOST,
  NAME,
  dnsTo,
  failureOf,
  portOf,
  resolverOf,
  startListener,
  target,
} from "../support/dialing.ts";

/** The listeners of these tests only have IPv4; the same port on ::1 refuses. */
const BOTH = ["::1", "127.0.0.1"];
/** ms; longer than the wait of IPv4 for IPv6. */
const LATE = 80;

describe("a dial of both IP versions", () => {
  it("also tries an IP version that is found late, if the other one refuses", async () => {
    await using server = await startListener();
    await using dns = await dnsTo(server.port);
    dns.setAddress(HOST, BOTH);
    dns.fault("delay", { type: "A", delay: LATE });
    const resolver = dnsResolver({ servers: [dns.address] });
    using attempts = listenTo("srv-dialer:attempt");
    for (let dial = 0; dial < 8; dial++) {
      attempts.length = 0;
      await expect(portOf(createSrvDialer(NAME, { resolver }).connect())).resolves.toBe(
        server.port,
      );
      expect(attempts.map(({ address }) => address)).toEqual(BOTH);
    }
  });

  it("fails with both if the late one refuses too", async () => {
    const server = await startListener();
    const { port } = server;
    await server.close();
    await using dns = await dnsTo(port);
    dns.setAddress(HOST, BOTH);
    dns.fault("delay", { type: "A", delay: LATE });
    const resolver = dnsResolver({ servers: [dns.address] });
    const error = await failureOf(createSrvDialer(NAME, { resolver }).connect());
    expect(error.code).toBe("ERR_SRV_CONNECT");
    // A machine without IPv6 has no ::1.
    const refused = { code: expect.stringMatching(/^ECONNREFUSED$|^EADDRNOTAVAIL$/) as string };
    expect(error.attempts).toMatchObject(
      BOTH.map((address) => ({ address, phase: "connect", error: refused })),
    );
  });

  it("dials the addresses in the answer immediately, and later those of the other IP version", async () => {
    await using server = await startListener();
    await using dns = await dnsTo();
    dns.setSrv(NAME, { host: HOST, port: server.port, addresses: ["::1"] });
    dns.setAddress(HOST, BOTH);
    dns.fault("delay", { type: "A", delay: LATE });
    const resolver = dnsResolver({ servers: [dns.address] });
    using attempts = listenTo("srv-dialer:attempt");
    await expect(portOf(createSrvDialer(NAME, { resolver }).connect())).resolves.toBe(server.port);
    expect(attempts.map(({ address }) => address)).toEqual(BOTH);
    expect(dns.queries.map(({ type }) => type)).toEqual(["SRV", "A"]);
  });

  it("ignores the failed lookup of an IP version if the other one has addresses", async () => {
    await using server = await startListener();
    await using dns = await dnsTo(server.port);
    dns.fault("servfail", { type: "AAAA" });
    const resolver = dnsResolver({ servers: [dns.address] });
    await expect(portOf(createSrvDialer(NAME, { resolver }).connect())).resolves.toBe(server.port);
  });
});

describe("a dial whose lookup is silent", () => {
  const SILENT = "silent.dev-ecs";

  /** Whether the lookup of the first target never ends. */
  function silentFirst(port: number): SrvResolver {
    const lookup = (host: string): Promise<HostAddresses> =>
      host === SILENT
        ? new Promise(() => {})
        : Promise.resolve({ addresses: ["127.0.0.1"], ttl: 60 });
    const targets = [
      target(1, { host: SILENT }),
      target(port, { host: HOST, priority: 1 }),
    ] as const;
    return { ...resolverOf(...targets), lookup };
  }

  it("continues with the next target after one head start", async () => {
    await using server = await startListener();
    const resolver = silentFirst(server.port);
    const dialer = createSrvDialer(NAME, { resolver, attemptDelay: 30 });
    await expect(portOf(dialer.connect())).resolves.toBe(server.port);
  });

  it("names the lookup that is unfinished at the deadline", async () => {
    await using server = await startListener();
    await server.close();
    const resolver = silentFirst(server.port);
    const dialer = createSrvDialer(NAME, { resolver, attemptDelay: 10 });
    const error = await failureOf(dialer.connect({ timeout: 100 }));
    expect(error).toMatchObject({
      code: "ERR_SRV_TIMEOUT",
      attempts: [
        {
          host: SILENT,
          address: undefined,
          phase: "lookup",
          error: { message: "unfinished (lookup)" },
        },
        { host: HOST, address: "127.0.0.1", phase: "connect" },
      ],
    });
  });
});

describe("a dial to a server that is not ready", () => {
  it("uses another target that is ready, and this one only if there is no other", async () => {
    await using loading = await startListener();
    await using ready = await startListener();
    const targets = [target(loading.port), target(ready.port, { priority: 1 })];
    const verify = vi.fn<SrvVerify>(({ remotePort }) => Promise.resolve(remotePort === ready.port));
    const dialer = createSrvDialer(NAME, { resolver: resolverOf(...targets), verify });
    await expect(portOf(dialer.connect())).resolves.toBe(ready.port);
    await vi.waitFor(() => expect(loading.sockets.size).toBe(0));
    // It is dialed last during the cooldown.
    verify.mockClear();
    await expect(portOf(dialer.connect())).resolves.toBe(ready.port);
    expect(verify).toHaveBeenCalledTimes(1);
    await ready.close();
    await expect(portOf(dialer.connect())).resolves.toBe(loading.port);
  });

  it("asks no other resolver if it is the only target", async () => {
    await using loading = await startListener();
    const further = vi.fn<SrvResolver["resolve"]>();
    const resolver = [resolverOf(target(loading.port)), { resolve: further }];
    const dialer = createSrvDialer(NAME, { resolver, verify: () => Promise.resolve(false) });
    await dialer.resolve();
    await expect(portOf(dialer.connect())).resolves.toBe(loading.port);
    expect(further).not.toHaveBeenCalled();
  });
});
